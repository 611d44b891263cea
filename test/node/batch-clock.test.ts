import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bell } from '../../src/base/bell.ts';
import { systemClock } from '../../src/base/clock.ts';
import { runBatchClock } from '../../src/node/batch-clock.ts';
import { transactionOf } from '../execution/support.ts';
import { alice, bob, configIn, found, type Life, openLife } from './node-life.ts';

const blockIntervalMs = 400;
const batchIntervalMs = 600_000;

describe('the batch clock', () => {
  let folder: string;
  let life: Life;
  let stop: AbortController;
  let running: Promise<void>;
  /** When each block could be found, in milliseconds. */
  let times: number[];
  let rooms: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'privity-clock-'));
    const config = configIn(folder);
    await found(config);
    life = await openLife(config);
    stop = new AbortController();
    times = [];
    rooms = 0;
    const { index, sequencer } = life.pipeline;
    const onBlock = index.onBlock.bind(index);
    index.onBlock = (block) => {
      times.push(performance.now());
      onBlock(block);
    };
    // Time of day from the life, so that slots are its own; sleeping is real.
    const started = performance.now();
    const clock = {
      now: () => life.clock.now() + performance.now() - started,
      sleep: systemClock.sleep,
    };
    running = runBatchClock(
      { blockIntervalMs, batchIntervalMs },
      {
        sequencer,
        clock,
        beforeOpen: async () => undefined,
        mayGoOn: async () => true,
        operationsNeeded: () => 0n,
        beforeBlock: async () => {
          rooms += 1;
        },
        onMissedSlot: () => undefined,
      },
      stop.signal,
    );
    while (times.length === 0) await systemClock.sleep(5);
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await life.stop();
    rmSync(folder, { recursive: true });
  });

  const pay = (nonce: bigint) =>
    life.submit(
      transactionOf(alice, { nonce, to: bob.address, value: 1n, gasLimit: 21_000n, chainId: life.genesis.chainId }),
    );
  const blocksAre = async (count: number) => {
    while (times.length < count) await systemClock.sleep(5);
  };

  it('builds a block as soon as something waits, and the next not before the interval is over', async () => {
    await systemClock.sleep(2 * blockIntervalMs);
    const idle = times.length;
    const asked = performance.now();
    await pay(0n);
    await blocksAre(idle + 1);
    expect(times.at(-1)! - asked).toBeLessThan(blockIntervalMs / 2);
    await pay(1n);
    await pay(2n);
    await blocksAre(idle + 2);
    // The beat counts from begin to begin; what is measured here is the end.
    expect(times.at(-1)! - times.at(-2)!).toBeGreaterThan(blockIntervalMs / 2);
    expect(life.pipeline.sequencer.waiting).toBe(0);
    expect(rooms).toBeGreaterThan(0);
  });

  it('makes no block of what is not ready', async () => {
    const before = times.length;
    await pay(5n);
    await systemClock.sleep(2 * blockIntervalMs);
    expect(times.length).toBe(before);
  });
});

describe('a bell', () => {
  const never = new AbortController().signal;

  it('wakes who sleeps, and who comes after it rang', async () => {
    const bell = new Bell();
    const slept = bell.sleep(systemClock, 60_000, never);
    bell.ring();
    await slept;
    await bell.sleep(systemClock, 60_000, never);
    expect(bell.silence()).toBe(true);
    expect(bell.silence()).toBe(false);
    await bell.sleep(systemClock, 1, never);
  });

  it('lets go of who is told to stop', async () => {
    const stop = new AbortController();
    const slept = new Bell().sleep(systemClock, 60_000, stop.signal);
    stop.abort();
    await slept;
    await new Bell().sleep(systemClock, 60_000, stop.signal);
  });
});
