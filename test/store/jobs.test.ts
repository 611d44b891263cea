import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/store/port.ts';
import { describeOnBothDatabases } from './databases.ts';
import { bytes, createWorkbench, expectCode, type Workbench } from './harness.ts';

describeOnBothDatabases('prover jobs', (cluster) => {
  let bench: Workbench;
  let store: Store;
  beforeEach(async () => {
    bench = await createWorkbench(cluster());
    store = await bench.open({ jobAttemptsMax: 3 });
  });
  afterEach(() => bench.dispose());

  const enqueue = (id: string, priority = 0, kind = 'segment') =>
    store.jobs.enqueue({ id, kind, priority, payload: Buffer.from(`payload of ${id}`) });
  const release = (id: string) => store.transaction((writes) => writes.jobs.release(id));
  const lease = (worker = 'w', ttlMs = 1_000, kinds = ['segment']) => store.jobs.lease(worker, kinds, ttlMs);

  test('a job is enqueued once, leased by priority and age, and kept with its result', async () => {
    expect(await enqueue('b', 5)).toBe(true);
    expect(await enqueue('c', 5)).toBe(true);
    expect(await enqueue('a', 1)).toBe(true);
    expect(await enqueue('a', 1)).toBe(false);
    const [first, second, third] = [await lease(), await lease(), await lease()];
    expect([first?.id, second?.id, third?.id]).toEqual(['a', 'b', 'c']);
    expect(Buffer.from(first!.payload).toString()).toBe('payload of a');
    expect(await lease()).toBeUndefined();
    await store.jobs.complete(first!, Uint8Array.of(7));
    expect(await store.jobs.get('a')).toMatchObject({ state: 'done', attempts: 1, result: Uint8Array.of(7) });
    expect(await store.jobs.counts()).toEqual({ queued: 0, leased: 2, done: 1, poisoned: 0 });
    expect(await enqueue('a')).toBe(false);
    expect(await store.jobs.remove('a')).toBe(true);
    expect(await store.jobs.get('a')).toBeUndefined();
  });

  test('jobs from a priority on are removed, leased and finished ones too, and no others', async () => {
    for (const [id, priority] of [
      ['a', 2],
      ['b', 3],
      ['c', 3],
      ['d', 9],
    ] as const)
      await enqueue(id, priority);
    const [first, second] = [(await lease())!, (await lease())!];
    await store.jobs.complete(second, Uint8Array.of(1));
    expect(await store.jobs.removeFrom(3)).toBe(3);
    expect(await store.jobs.removeFrom(3)).toBe(0);
    expect(await store.jobs.counts()).toMatchObject({ queued: 0, leased: 1, done: 0 });
    await store.jobs.complete(first, Uint8Array.of(2));
    expect(await enqueue('b', 3)).toBe(true);
    expect((await lease())?.attempt).toBe(1);
  });

  test('what is unfinished is listed as it comes, with who works on it until when', async () => {
    for (const [id, priority] of [
      ['c', 9],
      ['a', 2],
      ['b', 3],
      ['d', 9],
    ] as const)
      await enqueue(id, priority);
    await store.jobs.complete((await lease())!, Uint8Array.of(1));
    const { leaseUntil } = (await lease('other', 5_000))!;
    expect(await store.jobs.unfinished(10)).toMatchObject([
      { id: 'b', state: 'leased', attempts: 1, lease: { worker: 'other', until: leaseUntil } },
      { id: 'c', state: 'queued', attempts: 0, lease: undefined },
      { id: 'd' },
    ]);
    expect(await store.jobs.unfinished(1)).toMatchObject([{ id: 'b' }]);
    await enqueue('e', 10, 'merge');
    for (let failures = 1; failures <= 3; failures++)
      await store.jobs.fail((await lease('w', 1_000, ['merge']))!, 'broke', 0);
    expect((await store.jobs.unfinished(2)).map(({ id, state }) => [id, state])).toEqual([
      ['e', 'poisoned'],
      ['b', 'leased'],
    ]);
  });

  test('only a poisoned job is released, and not when its transaction fails', async () => {
    await enqueue('a');
    await expectCode(release('a'), 'STORE_NOT_FOUND');
    await expectCode(release('b'), 'STORE_NOT_FOUND');
    for (let attempt = 1; attempt <= 3; attempt++) await store.jobs.fail((await lease())!, 'broke', 0);
    const failing = store.transaction(async (writes) => {
      await writes.jobs.release('a');
      throw new RangeError('no audit row');
    });
    await expect(failing).rejects.toThrow('no audit row');
    expect(await store.jobs.get('a')).toMatchObject({ state: 'poisoned', attempts: 3, lease: undefined });
    await release('a');
    expect(await store.jobs.get('a')).toMatchObject({ state: 'queued', attempts: 0, failure: 'broke' });
  });

  test('only the kinds asked for are leased', async () => {
    await enqueue('m', 0, 'merge');
    expect(await lease()).toBeUndefined();
    expect((await lease('w', 1_000, ['segment', 'merge']))?.id).toBe('m');
  });

  test('workers that ask at once get different jobs', async () => {
    for (let index = 0; index < 10; index++) await enqueue(`j${index}`);
    const leased = await Promise.all(Array.from({ length: 15 }, (_, index) => lease(`w${index}`)));
    const ids = leased.filter((job) => job !== undefined).map((job) => job.id);
    expect(ids).toHaveLength(10);
    expect(new Set(ids).size).toBe(10);
  });

  test('an expired lease goes to another worker, and the first can no longer answer', async () => {
    await enqueue('a');
    const first = (await lease('slow', 100))!;
    expect(await lease('fast')).toBeUndefined();
    const extended = await store.jobs.heartbeat(first, 500);
    bench.clock.time += 200;
    expect(await lease('fast')).toBeUndefined();
    bench.clock.time += 500;
    const second = (await lease('fast'))!;
    expect(second.attempt).toBe(2);
    await expectCode(store.jobs.heartbeat(extended, 100), 'STORE_LEASE_LOST');
    await expectCode(store.jobs.complete(extended, bytes(1)), 'STORE_LEASE_LOST');
    await expectCode(store.jobs.fail(extended, 'late', 0), 'STORE_LEASE_LOST');
    await store.jobs.complete(second, Uint8Array.of(2));
    expect((await store.jobs.get('a'))?.result).toEqual(Uint8Array.of(2));
    await expectCode(store.jobs.complete(second, bytes(1)), 'STORE_LEASE_LOST');
  });

  test('the same worker cannot answer for its earlier lease', async () => {
    await enqueue('a');
    const first = (await lease('w', 10))!;
    bench.clock.time += 100;
    expect((await lease('w'))?.attempt).toBe(2);
    await expectCode(store.jobs.complete(first, bytes(1)), 'STORE_LEASE_LOST');
  });

  test('failures are retried after their delay and then poisoned, until somebody releases the job', async () => {
    await enqueue('a');
    for (const attempt of [1, 2, 3]) {
      const job = (await lease())!;
      expect(job.attempt).toBe(attempt);
      expect(await store.jobs.fail(job, `broke ${attempt}`, 1_000)).toBe(attempt === 3 ? 'poisoned' : 'queued');
      expect(await lease()).toBeUndefined();
      bench.clock.time += 2_000;
    }
    expect(await lease()).toBeUndefined();
    expect(await store.jobs.unfinished(5)).toMatchObject([{ id: 'a', state: 'poisoned', failure: 'broke 3' }]);
    await release('a');
    await expectCode(release('a'), 'STORE_NOT_FOUND');
    expect((await lease())?.attempt).toBe(1);
  });

  test('deaths of a worker do not count as failures, until there are ten times as many', async () => {
    await enqueue('a');
    for (let death = 0; death < 29; death++) {
      expect(await lease('dies', 10)).toBeDefined();
      bench.clock.time += 100;
    }
    expect(await store.jobs.fail((await lease())!, 'broke', 0)).toBe('queued');
    expect(await lease('dies', 10)).toBeDefined();
    bench.clock.time += 100;
    expect(await lease()).toBeUndefined();
    expect((await store.jobs.counts()).poisoned).toBe(1);
    await release('a');
    expect((await lease())?.attempt).toBe(1);
  });

  test('what is given back can be taken at once, and only by its holder', async () => {
    await enqueue('a');
    for (let i = 0; i < 5; i++) {
      const job = (await lease())!;
      await expectCode(store.jobs.giveBack({ ...job, worker: 'other' }), 'STORE_LEASE_LOST');
      await store.jobs.giveBack(job);
      await expectCode(store.jobs.giveBack(job), 'STORE_LEASE_LOST');
    }
    expect((await lease())?.attempt).toBe(6);
  });

  test('a dead worker’s jobs are free at once, those of others are not', async () => {
    for (const id of ['a', 'b', 'c']) await enqueue(id);
    const dead = (await lease('dead'))!;
    await lease('alive');
    await store.jobs.complete((await lease('dead'))!, bytes(1));
    expect(await store.jobs.reclaim('dead')).toBe(1);
    expect(await lease('dead')).toMatchObject({ id: dead.id, attempt: 2 });
    expect(await lease('dead')).toBeUndefined();
    await expectCode(store.jobs.complete(dead, bytes(1)), 'STORE_LEASE_LOST');
  });

  test('jobs survive a restart', async () => {
    await enqueue('a');
    const job = (await lease())!;
    await store.close();
    store = await bench.open({ jobAttemptsMax: 3 });
    await store.jobs.complete(job, Uint8Array.of(1));
    expect((await store.jobs.get('a'))?.state).toBe('done');
  });

  test('a job whose payload was edited, or that was given the payload of another, does not run', async () => {
    await enqueue('a');
    await enqueue('b');
    await bench.tamper('update jobs set payload = (select payload from jobs order by id limit 1)');
    const results = await Promise.allSettled([store.jobs.get('a'), store.jobs.get('b')]);
    expect(results.filter((result) => result.status === 'rejected').map((result) => result.reason.code)).toEqual([
      'STORE_RECORD_CORRUPT',
    ]);
    await expectCode(store.verify(), 'STORE_RECORD_CORRUPT');
    await bench.tamper("update jobs set kind = 'merge'");
    await expectCode(lease('w', 100, ['merge']), 'STORE_RECORD_CORRUPT');
  });
});
