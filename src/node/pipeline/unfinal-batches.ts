import { assert } from '../../base/assert.ts';
import type { Sequencer } from '../../sequencer/sequencer.ts';
import type { Withdrawals } from '../../sequencer/withdrawals.ts';
import type { BatchBook } from '../batch-book.ts';
import type { ProcessedOperations } from './processed-operations.ts';

/** A batch that can still be withdrawn. */
export interface UnfinalBatch {
  readonly number: bigint;
  readonly slot: bigint;
  readonly policyRoot: bigint;
  /** Operations processed before it, and the policy root that was in force. */
  readonly startIndex: bigint;
  readonly startRoot: bigint;
  /** Operations processed after it, and their roll. */
  readonly priorityIndex: bigint;
  readonly priorityRoll: bigint;
  /**
   * Whether Ethereum has, had or may yet get a batch of this number: one that was committed, sent, or ever taken back. One that takes its place is
   * not accepted under a root that is revoked for any slot.
   */
  readonly mayBeOnL1: boolean;
}

/** Sealed batches that are not final, in order, and the open one. */
export async function unfinalBatches({
  book,
  processed,
  sequencer,
  withdrawals,
}: {
  readonly book: Pick<BatchBook, 'get' | 'final' | 'latest' | 'counts'>;
  readonly processed: Pick<ProcessedOperations, 'after'>;
  readonly sequencer: Pick<Sequencer, 'openBatch'>;
  readonly withdrawals: Pick<Withdrawals, 'epochOf'>;
}): Promise<UnfinalBatch[]> {
  const found: UnfinalBatch[] = [];
  // More becomes final while this waits: the walk begins behind the batch that was read, and passes over what is final when it comes there.
  const { final } = book;
  const last = await book.get(final);
  assert(last !== undefined, 'the last final batch is in its table');
  let startIndex = last.stored.priorityIndex;
  let startRoot = last.stored.policyRoot;
  for (let number = final + 1n; number <= book.latest; number++) {
    const booked = await book.get(number);
    assert(booked !== undefined, 'a sealed batch is in its table');
    const { slot, policyRoot, priorityIndex } = booked.stored;
    const after = await processed.after(number).catch((error: unknown) => {
      // What becomes final loses its facts, but for the last.
      if (number < book.final) return undefined;
      throw error;
    });
    if (after === undefined || number <= book.final) {
      found.length = 0;
      [startIndex, startRoot] = [priorityIndex, policyRoot];
      continue;
    }
    const { roll: priorityRoll } = after;
    const wasSent = number <= book.counts.committed || booked.attempts.commit !== undefined;
    const mayBeOnL1 = wasSent || withdrawals.epochOf(number) > 0;
    found.push({ number, slot, policyRoot, priorityIndex, priorityRoll, startIndex, startRoot, mayBeOnL1 });
    [startIndex, startRoot] = [priorityIndex, policyRoot];
  }
  const open = sequencer.openBatch;
  // One that is closed and not sealed yet is looked at when it is; the open one behind it, too.
  if (open !== undefined && open.number === book.latest + 1n) {
    const { number, slot, policyRoot, priorityIndex, priorityRoll } = open;
    const mayBeOnL1 = withdrawals.epochOf(number) > 0;
    found.push({ number, slot, policyRoot, priorityIndex, priorityRoll, startIndex, startRoot, mayBeOnL1 });
  }
  return found;
}
