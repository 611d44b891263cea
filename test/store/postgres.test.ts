import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { openStore } from '../../src/store/open-store.ts';
import { bytes, collect, createWorkbench, expectCode, newKek } from './harness.ts';
import { findPostgres, type PostgresCluster, startPostgres } from './postgres-cluster.ts';

const bin = findPostgres();
if (bin === undefined && process.env['CI'] === 'true') {
  test('PostgreSQL is installed in CI', () => {
    throw new Error('PostgreSQL is not installed, and in CI its tests must run');
  });
} else if (bin === undefined) {
  console.warn('SKIPPED, 5 tests: what is peculiar to PostgreSQL, which is not installed here');
}

const open = (folder: string, url: string, kek = newKek()) =>
  openStore(
    { folder, database: { kind: 'postgres', url: new Secret(url) } },
    { kek, clock: systemClock, random: randomBytes, onWarning: () => {} },
  );

const each = test.skipIf(bin === undefined);
let cluster: PostgresCluster;
let dispose: () => Promise<void> = async () => {};
beforeAll(async () => {
  if (bin !== undefined) cluster = await startPostgres(bin);
});
afterEach(async () => {
  await dispose();
  dispose = async () => {};
});
afterAll(() => cluster?.stop());

each('a server that may lose acknowledged commits is refused', async () => {
  const bench = await createWorkbench();
  dispose = bench.dispose;
  const url = await cluster.createDatabase();
  for (const setting of ['fsync=off', 'full_page_writes=off']) {
    await cluster.crash([setting]);
    await expectCode(open(bench.folder, url), 'STORE_NOT_DURABLE');
  }
  await cluster.crash();
  await (await open(bench.folder, url)).close();
});

each('a server that is not there is a coded error that does not show the password', async () => {
  const bench = await createWorkbench();
  dispose = bench.dispose;
  const error = await open(bench.folder, 'postgres://someone:hunter2secret@127.0.0.1:1/db').catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'STORE_UNREACHABLE' });
  expect(JSON.stringify(error) + String(error) + (error as Error).stack).not.toContain('hunter2secret');
});

each('a second process with another folder is refused by the database itself', async () => {
  const [one, two] = [await createWorkbench(), await createWorkbench()];
  dispose = async () => {
    await one.dispose();
    await two.dispose();
  };
  const url = await cluster.createDatabase();
  const store = await open(one.folder, url, one.kek);
  await expectCode(open(two.folder, url, one.kek), 'STORE_LOCKED');
  await store.close();
  const again = await open(one.folder, url, one.kek);
  await again.close();
});

each(
  'a server that dies under load: writes stop with codes, and what was acknowledged is there afterwards',
  async () => {
    const bench = await createWorkbench(cluster);
    dispose = bench.dispose;
    const store = await bench.open();
    const acknowledged = new Map<number, string>();
    const codes = new Set<string>();
    let stop = false;
    const lanes = Array.from({ length: 4 }, async () => {
      while (!stop) {
        const payload = bytes(20);
        try {
          const sequence = await store.log.append([{ kind: 'tx', payload }]);
          acknowledged.set(sequence, Buffer.from(payload).toString('hex'));
        } catch (error) {
          codes.add((error as { code: string }).code);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
    });
    while (acknowledged.size < 200) await new Promise((resolve) => setTimeout(resolve, 5));
    await cluster.crash();
    await new Promise((resolve) => setTimeout(resolve, 100));
    stop = true;
    await Promise.all(lanes);
    const allowed = ['STORE_UNREACHABLE', 'STORE_LOCK_LOST', 'STORE_FAILED'];
    expect(codes.size).toBeGreaterThan(0);
    for (const code of codes) expect(allowed).toContain(code);
    await expectCode(store.log.append([{ kind: 'tx', payload: bytes(1) }]), 'STORE_LOCK_LOST', 'STORE_FAILED');
    await expectCode(
      store.transaction(async () => undefined),
      'STORE_LOCK_LOST',
      'STORE_FAILED',
    );
    await store.close();

    const reopened = await bench.open();
    const entries = await collect(reopened.log.read(1));
    for (const [sequence, hex] of acknowledged) {
      expect(Buffer.from(entries[sequence - 1]!.payload).toString('hex')).toBe(hex);
    }
    await reopened.verify();
  },
);

each('another writer behind the lock is found by the log and by the tables', async () => {
  const bench = await createWorkbench(cluster);
  dispose = bench.dispose;
  let store = await bench.open();
  await store.log.append([{ kind: 'tx', payload: bytes(1) }]);
  await bench.tamper('update log_head set group_id = 7');
  await expectCode(store.log.append([{ kind: 'tx', payload: bytes(1) }]), 'STORE_LOCK_LOST');
  await expectCode(store.log.append([{ kind: 'tx', payload: bytes(1) }]), 'STORE_FAILED');
  await store.close();
  await bench.tamper('update log_head set group_id = 1');
  store = await bench.open();
  await bench.tamper(
    'insert into log_groups select 2, 2, entries, written_at, key_version, chain, payload from log_groups where group_id = 1',
  );
  await expectCode(store.log.append([{ kind: 'tx', payload: bytes(1) }]), 'STORE_LOCK_LOST');
  await expectCode(store.log.append([{ kind: 'tx', payload: bytes(1) }]), 'STORE_FAILED');
  await store.close();
  await bench.tamper('delete from log_groups where group_id = 2');
  await bench.tamper('update log_head set group_id = 1');
  store = await bench.open();
  await bench.tamper('update freshness set generation = 99');
  await expectCode(
    store.transaction((writes) => writes.checkpoints.put('a', bytes(1))),
    'STORE_LOCK_LOST',
  );
  await expectCode(store.log.append([{ kind: 'tx', payload: bytes(1) }]), 'STORE_FAILED');
});
