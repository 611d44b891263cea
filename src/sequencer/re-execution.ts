/**
 * What is left to execute again after a withdrawal: the same slots, blocks and transactions in the same order, under the operations that the
 * withdrawal names. It follows from the log alone, so a node that is killed in between goes on where it stood and comes to the same blocks.
 */

import { assert } from '../base/assert.ts';
import { bytesToBigInt } from '../base/bytes.ts';
import type { Block } from '../chain/block.ts';
import type { SignedDenial, WithdrawnReceipt } from '../chain/denial.ts';
import type { PriorityOperation } from '../chain/priority-operation.ts';
import type { WithdrawnEntry } from './log-entries.ts';

export interface WithdrawnBlock {
  readonly number: bigint;
  readonly hash: bigint;
  readonly timestamp: bigint;
  /** Hashes, in order. The first block of a batch has none: it holds the operations. */
  readonly transactions: readonly bigint[];
}

export interface WithdrawnBatch {
  readonly number: bigint;
  readonly slot: bigint;
  /** False for the batch that was open: it goes on when it has been executed again. */
  readonly isClosed: boolean;
  /** They stay what they are: a denial never becomes a receipt. */
  readonly denials: SignedDenial[];
  readonly blocks: readonly WithdrawnBlock[];
}

export class ReExecution {
  readonly entry: WithdrawnEntry;
  readonly #batches: WithdrawnBatch[];
  readonly #upTo: readonly bigint[];
  readonly #receipts = new Map<bigint, WithdrawnReceipt>();
  #next = 0;

  constructor(entry: WithdrawnEntry, batches: readonly WithdrawnBatch[]) {
    assert(batches.length > 0, 'something is withdrawn');
    assert(batches.length === entry.upTo.length, 'a withdrawal names the operations of each batch');
    for (const [i, batch] of batches.entries()) {
      assert(batch.number === entry.from + BigInt(i), 'withdrawn batches follow one another');
      assert(batch.isClosed || i === batches.length - 1, 'only the last batch can be open');
      assert(i === 0 || entry.upTo[i]! >= entry.upTo[i - 1]!, 'operations are processed once');
    }
    this.entry = entry;
    this.#upTo = entry.upTo;
    this.#batches = [...batches];
    for (const { blocks } of batches) {
      for (const { number, hash, transactions } of blocks) {
        for (const [index, transaction] of transactions.entries()) {
          this.#receipts.set(transaction, { block: number, blockHash: hash, index });
        }
      }
    }
  }

  /** The batch to be executed next, or being executed. */
  get batch(): WithdrawnBatch | undefined {
    return this.#batches[this.#next];
  }

  /** Seconds since the epoch. */
  get timestamp(): bigint {
    return BigInt(Math.floor(this.entry.at / 1000));
  }

  receiptOf(transaction: bigint): WithdrawnReceipt | undefined {
    return this.#receipts.get(transaction);
  }

  /** Operations of the next batch, when `index` have been processed. */
  operationsFrom(index: bigint): PriorityOperation[] {
    const end = this.#upTo[this.#next]!;
    const taken = this.entry.operations.filter((operation) => operation.index >= index && operation.index < end);
    assert(BigInt(taken.length) === end - index, 'a withdrawal holds the operations it names');
    return taken;
  }

  /** The batch has been executed again. */
  finish(number: bigint): void {
    assert(this.batch?.number === number, 'batches are executed again in order');
    this.#next += 1;
  }

  /** Signed denials that may have to be taken back when they could not be written. */
  get denials(): SignedDenial[][] {
    return this.#batches.map(({ denials }) => denials);
  }
}

export const withdrawnBlock = ({ number, hash, timestamp, items }: Block): WithdrawnBlock => ({
  number,
  hash,
  timestamp,
  transactions: items.flatMap((item) => (item.kind === 'transaction' ? [bytesToBigInt(item.transaction.hash)] : [])),
});
