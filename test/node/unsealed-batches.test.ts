/** Closed batches are held in memory until they are sealed: the batch clock opens no more than a few ahead of the sealer, old or new. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { runBatchClock, unsealedBatchesMax } from '../../src/node/batch-clock.ts';
import { configIn, found, INTERVAL, type Life, openLife } from './node-life.ts';

const intervalMs = Number(INTERVAL) * 1000;
const batches = unsealedBatchesMax + 3;

describe('a sealer that does not keep up', () => {
  let folder: string;
  let life: Life;
  let stop: AbortController;
  let running: Promise<void>;
  /** Seals that may be written; each waits for its turn. */
  let turns: (() => void)[];
  let isHeld: boolean;
  let missed: bigint;
  /** Largest number of closed batches that waited to be sealed. */
  let most: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'privity-unsealed-'));
    const config = configIn(folder);
    await found(config);
    turns = [];
    isHeld = false;
    most = 0;
    missed = 0n;
    let unsealed = 0;
    life = await openLife(config, {
      wrapStore: (store) => ({
        ...store,
        log: {
          ...store.log,
          async append(entries, options) {
            const { kind } = entries[0]!;
            if (kind === 'batch-closed') most = Math.max(most, ++unsealed);
            if (kind === 'sealed') {
              if (isHeld) await new Promise<void>((go) => turns.push(go));
              unsealed -= 1;
            }
            return store.log.append(entries, options);
          },
        },
      }),
    });
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    isHeld = false;
    for (const go of turns) go();
    await running;
    await life.pipeline.idle();
    await life.stop();
    rmSync(folder, { recursive: true });
  });

  function run(): void {
    const { sequencer } = life.pipeline;
    running = runBatchClock(
      { blockIntervalMs: 4, batchIntervalMs: intervalMs },
      {
        sequencer,
        clock: { now: life.clock.now, sleep: (_ms, signal) => systemClock.sleep(1, signal) },
        beforeOpen: async () => undefined,
        mayGoOn: async () => true,
        operationsNeeded: () => 0n,
        beforeBlock: async () => undefined,
        onMissedSlot(count) {
          missed += BigInt(count);
        },
      },
      stop.signal,
    );
  }
  const until = async (holds: () => boolean) => {
    while (!holds()) await systemClock.sleep(1);
  };

  it('holds up the next batch, and lets it go on when there is room', async () => {
    const { sequencer } = life.pipeline;
    isHeld = true;
    run();
    const closed = () => sequencer.openBatch === undefined && sequencer.unsealedBatches === unsealedBatchesMax;
    while (!closed()) {
      const open = sequencer.openBatch?.number;
      await until(() => sequencer.openBatch !== undefined || closed());
      life.passTime(intervalMs);
      await until(() => sequencer.openBatch?.number !== open || closed());
    }
    life.passTime(3 * intervalMs);
    // Many turns of the loop: none of them opens a batch.
    for (let i = 0; i < 50; i++) await systemClock.sleep(1);
    expect(sequencer.openBatch).toBeUndefined();
    expect(most).toBe(unsealedBatchesMax);
    const last = sequencer.lastSlot;
    await until(() => turns.length === 1);
    turns.shift()!();
    await until(() => sequencer.openBatch !== undefined);
    // The slot of the moment: those in between are missed, and said to be.
    expect(sequencer.lastSlot).toBeGreaterThan(last + 1n);
    await until(() => missed > 0n);
    expect(missed).toBe(sequencer.lastSlot - last - 1n);
    expect(most).toBe(unsealedBatchesMax);
  });

  it('holds up what is executed again as well', async () => {
    const { pipeline } = life;
    for (let i = 0; i < batches; i++) {
      await life.open();
      await life.close();
    }
    await pipeline.withdraw({
      from: 1n,
      cause: 'reorg',
      upTo: Array.from({ length: batches }, () => 0n),
      operations: [],
    });
    isHeld = true;
    run();
    await until(() => pipeline.sequencer.unsealedBatches === unsealedBatchesMax);
    for (let i = 0; i < 50; i++) await systemClock.sleep(1);
    expect(pipeline.sequencer.isReExecuting).toBe(true);
    expect(pipeline.sequencer.openBatch).toBeUndefined();
    expect(pipeline.sequencer.unsealedBatches).toBe(unsealedBatchesMax);
    while (pipeline.sequencer.isReExecuting) {
      turns.shift()?.();
      await systemClock.sleep(1);
    }
    expect(most).toBe(unsealedBatchesMax);
  });
});
