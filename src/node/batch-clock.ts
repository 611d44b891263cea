/**
 * Drives the sequencer: a block as soon as something waits, one an interval at most; seals by the clock only. A batch opens at the start of
 * a slot and is sealed when the slot ends; after an outage the next batch takes the slot of the moment.
 */

import type { Clock } from '../base/clock.ts';
import type { Sequencer } from '../sequencer/sequencer.ts';

export interface BatchClockOptions {
  readonly blockIntervalMs: number;
  readonly batchIntervalMs: number;
}

/**
 * Closed batches keep what they wrote in memory until they are sealed. So while this many wait for that, no other opens: neither one of the
 * moment nor one that is executed again, of which there may be hundreds. What is accepted meanwhile waits, and slots are missed.
 */
export const unsealedBatchesMax = 4;

export type ClockedSequencer = Pick<
  Sequencer,
  | 'openBatch'
  | 'unsealedBatches'
  | 'isReExecuting'
  | 'lastSlot'
  | 'reExecute'
  | 'open'
  | 'close'
  | 'buildBlock'
  | 'arrivals'
>;

export async function runBatchClock(
  options: BatchClockOptions,
  deps: {
    sequencer: ClockedSequencer;
    clock: Clock;
    /** Called before a batch opens: the newest confirmed operations should be known. */
    beforeOpen: () => Promise<unknown>;
    /** False while what Ethereum says of the batches is in doubt; may take batches back. */
    mayGoOn: () => Promise<boolean>;
    /** How many operations the batch of a slot must have processed at least. */
    operationsNeeded: (slot: bigint) => bigint;
    /** Called before a block is built; resolves when there is room for one. */
    beforeBlock: () => Promise<unknown>;
    onMissedSlot: (missed: number) => void;
  },
  signal: AbortSignal,
): Promise<void> {
  const { sequencer, clock } = deps;
  const slotOf = (time: number) => BigInt(Math.floor(time / options.batchIntervalMs));
  /** The first slot that the sealer kept a new batch from. */
  let heldUpFrom: bigint | undefined;
  while (!signal.aborted) {
    const slot = slotOf(clock.now());
    if (sequencer.openBatch === undefined && sequencer.unsealedBatches >= unsealedBatchesMax) {
      if (!sequencer.isReExecuting) heldUpFrom ??= slot;
      await clock.sleep(options.blockIntervalMs / 4, signal);
      continue;
    }
    if (sequencer.isReExecuting) {
      await sequencer.reExecute();
      continue;
    }
    if (!(await deps.mayGoOn())) {
      await clock.sleep(options.blockIntervalMs, signal);
      continue;
    }
    if (sequencer.isReExecuting) continue;
    const open = sequencer.openBatch;
    if (open !== undefined && slot > open.slot) {
      await sequencer.close();
      if (slot > open.slot + 1n) deps.onMissedSlot(Number(slot - open.slot - 1n));
    } else if (open === undefined && slot > sequencer.lastSlot) {
      await deps.beforeOpen();
      // What was seen just now may have put batches in doubt.
      if ((await deps.mayGoOn()) && !sequencer.isReExecuting) {
        await sequencer.open(slot, deps.operationsNeeded(slot));
        if (heldUpFrom !== undefined && slot > heldUpFrom) deps.onMissedSlot(Number(slot - heldUpFrom));
        heldUpFrom = undefined;
      }
    } else {
      await deps.beforeBlock();
      const began = clock.now();
      const rung = sequencer.arrivals.silence();
      const idleMs = options.blockIntervalMs / 4;
      if (open !== undefined && (await sequencer.buildBlock())) {
        await clock.sleep(Math.max(0, began + options.blockIntervalMs - clock.now()), signal);
      } else if (rung) {
        // What came is not ready, for want of an earlier nonce: looking again at each of its kind would cost more than it is worth.
        await clock.sleep(idleMs, signal);
      } else await sequencer.arrivals.sleep(clock, idleMs, signal);
    }
  }
}
