/** Ranges of several batches when Ethereum has proven a part of one: after an unwinding, a late proof, a restart. What it waits for is made. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { Proving } from '../../src/node/proving.ts';
import type { L1Counts } from '../../src/settlement/port.ts';
import { scriptedProver, scriptedSource } from '../prover/jobs/scripted-prover.ts';
import { configIn, found, type Life, openLife } from './node-life.ts';
import { reExecuteAll } from './unwinding-story.ts';

const root = mkdtempSync(join(tmpdir(), 'privity-ranges-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

let life: Life;
let stop: AbortController;
let running: Promise<void>[];
beforeEach(async () => {
  const config = configIn(join(root, String(folders++)));
  await found(config);
  life = await openLife(config);
  for (let batch = 0; batch < 4; batch++) {
    await life.open();
    await life.close();
  }
  stop = new AbortController();
  running = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(running);
  await life.stop();
});

function startProving(prover = scriptedProver()) {
  const made: string[] = [];
  const proving = new Proving(
    { batchesPerProof: 2n, workers: 2, leaseMs: 10_000, pollMs: 5, retryAfterMs: 1 },
    {
      store: life.store,
      book: life.pipeline.book,
      source: scriptedSource(1),
      clock: systemClock,
      prepare: async () => prover,
      onJob: () => undefined,
      onProgress: () => undefined,
      onProven: ({ from, to }, fresh) => void (fresh && made.push(`${from}-${to}`)),
      onHalted: () => undefined,
    },
  );
  running.push(proving.run(stop.signal));
  return { proving, made };
}

const counts = (committed: bigint, proven: bigint, executed: bigint): Promise<void> =>
  life.pipeline.onCounts({ committed, proven, executed } satisfies L1Counts);

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 4_000 && !(await done()); i++) await systemClock.sleep(10);
  expect(await done()).toBe(true);
}

async function unwindFrom(from: bigint, { proving }: ReturnType<typeof startProving>): Promise<void> {
  const upTo = Array.from({ length: Number(5n - from) }, () => 0n);
  await proving.withdraw(from, () => life.pipeline.withdraw({ from, cause: 'reorg', operations: [], upTo }));
  await reExecuteAll(life);
}

describe('an unwinding in the middle of a range', () => {
  it('that Ethereum had proven: the rest of it is proven alone, and the ranges behind it', async () => {
    const proves = startProving();
    await until(() => proves.made.length === 2);
    expect(proves.made).toEqual(['0-2', '2-4']);
    await counts(4n, 2n, 1n);
    await unwindFrom(2n, proves);
    await until(() => proves.made.length === 4);
    expect(proves.made.slice(2)).toEqual(['1-2', '2-4']);
    const { proving } = proves;
    expect(await proving.proofAfter(1n)).toMatchObject({ from: 1n, to: 2n });
    expect(await proving.proofAfter(2n)).toMatchObject({ from: 2n, to: 4n });
    expect(await proving.proofAfter(0n)).toBeUndefined();
    expect(await proving.proofAfter(3n)).toBeUndefined();
    expect([await proving.proofOf(1n), (await proving.proofOf(2n))?.from, (await proving.proofOf(3n))?.from]).toEqual([
      undefined,
      1n,
      2n,
    ]);
  });

  it('that Ethereum had not proven: the whole range is proven again', async () => {
    const proves = startProving();
    await until(() => proves.made.length === 2);
    await counts(4n, 0n, 0n);
    await unwindFrom(2n, proves);
    await until(() => proves.made.length === 4);
    expect(proves.made.slice(2)).toEqual(['0-2', '2-4']);
    expect(await proves.proving.proofAfter(1n)).toBeUndefined();
  });

  it('whose proof was mined late, and taken back: the rest is proven although the whole was', async () => {
    const proves = startProving();
    await until(() => proves.made.length === 2);
    await unwindFrom(2n, proves);
    await until(() => proves.made.length === 4);
    await counts(2n, 2n, 0n);
    await systemClock.sleep(20);
    await counts(1n, 1n, 0n);
    await until(() => proves.made.length === 5);
    expect(proves.made[4]).toBe('1-2');
    expect(await proves.proving.proofAfter(1n)).toMatchObject({ from: 1n, to: 2n });
  });

  it('and a restart: the rest is known from Ethereum', async () => {
    const first = startProving();
    await until(() => first.made.length === 2);
    await counts(4n, 2n, 1n);
    await first.proving.withdraw(2n, () =>
      life.pipeline.withdraw({ from: 2n, cause: 'reorg', operations: [], upTo: [0n, 0n, 0n] }),
    );
    stop.abort();
    await Promise.all(running);
    await life.stop();
    life = await openLife(life.config);
    await reExecuteAll(life);
    stop = new AbortController();
    const second = startProving();
    await until(() => second.made.length === 2);
    expect(second.made).toEqual(['1-2', '2-4']);
  });
});

describe('a range that is being proven', () => {
  it('is left when Ethereum turns out to have a part of it, and nothing of it stays to be tried', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const proves = startProving(scriptedProver(() => gate));
    await until(async () => (await life.store.jobs.counts()).leased > 0);
    await counts(4n, 1n, 1n);
    open();
    await until(() => proves.made.length === 2);
    expect(proves.made).toEqual(['1-2', '2-4']);
    expect(await proves.proving.proofAfter(0n)).toBeUndefined();
    expect(await life.store.jobs.counts()).toMatchObject({ queued: 0, leased: 0, poisoned: 0 });
  });
});
