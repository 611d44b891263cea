import { assert } from '../base/assert.ts';
import type { SignedTransaction } from '../chain/transaction.ts';
import type { ChainHead } from './chain-head.ts';
import type { DenialBook } from './denial-book.ts';
import type { Journal } from './journal.ts';
import type { WithdrawnEntry } from './log-entries.ts';
import type { Mempool } from './mempool.ts';
import type { BatchStart } from './open-batch.ts';
import { withdrawalEntries } from './operation-parts.ts';
import { ReExecution, type WithdrawnBatch } from './re-execution.ts';
import type { Unwinding } from './unwinding.ts';

export interface TakingBackDeps {
  readonly head: Pick<ChainHead, 'takeBack'>;
  readonly mempool: Mempool;
  readonly denials: DenialBook;
  readonly journal: Journal;
  readonly unwinding: Unwinding;
}

export interface TakingBack {
  /**
   * Takes back the batches from `entry.from` on, durably; `start` is where the first of them began, `batches` what they were and
   * `transactions` all that stood in them. What they wrote is gone from the state then, but for what the tree holds. Denials stay. Every
   * transaction waits again, all of them in memory: about 2.3 kB each.
   */
  withdraw(
    entry: WithdrawnEntry,
    start: BatchStart,
    batches: readonly WithdrawnBatch[],
    transactions: Iterable<SignedTransaction>,
  ): Promise<void>;
}

export function createTakingBack({ head, mempool, denials, journal, unwinding }: TakingBackDeps): TakingBack {
  return {
    async withdraw(entry, start, batches, transactions) {
      assert(start.number === entry.from, 'the first batch begins where it began');
      const again = new ReExecution(entry, batches);
      // From here on no denial is signed that would stand in the log behind the withdrawal and belong to a batch before it.
      await unwinding.withdrawing(async () => {
        for (const part of withdrawalEntries(entry)) await journal.write([part]);
        head.takeBack(start);
        denials.leave([]);
        mempool.withdraw(entry.from);
        unwinding.begin(again);
        for (const transaction of transactions) {
          mempool.add(transaction, entry.at);
          journal.follow({ kind: 'accepted', raw: transaction.raw, acceptedAt: entry.at });
        }
      });
    },
  };
}
