import { assert } from '../../base/assert.ts';
import type { Sequencer } from '../../sequencer/sequencer.ts';
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
}

/** Sealed batches that are not final, in order, and the open one. */
export async function unfinalBatches({
  book,
  processed,
  sequencer,
}: {
  readonly book: BatchBook;
  readonly processed: ProcessedOperations;
  readonly sequencer: Pick<Sequencer, 'openBatch'>;
}): Promise<UnfinalBatch[]> {
  const found: UnfinalBatch[] = [];
  const last = await book.get(book.final);
  assert(last !== undefined, 'the last final batch is in its table');
  let startIndex = last.stored.priorityIndex;
  let startRoot = last.stored.policyRoot;
  for (let number = book.final + 1n; number <= book.latest; number++) {
    const booked = await book.get(number);
    assert(booked !== undefined, 'a sealed batch is in its table');
    const { slot, policyRoot, priorityIndex } = booked.stored;
    const { roll: priorityRoll } = await processed.after(number);
    found.push({ number, slot, policyRoot, priorityIndex, priorityRoll, startIndex, startRoot });
    [startIndex, startRoot] = [priorityIndex, policyRoot];
  }
  const open = sequencer.openBatch;
  // One that is closed and not sealed yet is looked at when it is; the open one behind it, too.
  if (open !== undefined && open.number === book.latest + 1n) {
    const { number, slot, policyRoot, priorityIndex, priorityRoll } = open;
    found.push({ number, slot, policyRoot, priorityIndex, priorityRoll, startIndex, startRoot });
  }
  return found;
}
