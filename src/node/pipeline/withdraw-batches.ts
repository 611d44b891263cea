/** Takes batches back, in the order that a kill at any point survives: the log entry decides, everything else follows it, now or at the next start. */

import { assert } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import type { WithdrawnEntry } from '../../sequencer/log-entries.ts';
import type { Sequencer } from '../../sequencer/sequencer.ts';
import type { Withdrawals } from '../../sequencer/withdrawals.ts';
import type { Tree } from '../../state/port.ts';
import type { Store } from '../../store/port.ts';
import type { BatchBook } from '../batch-book.ts';
import type { BatchFactsStore } from '../batch-facts.ts';
import type { ChainIndex } from '../chain-index.ts';
import type { CheckpointStore } from '../checkpoint-store.ts';
import type { Sealer } from '../sealer.ts';
import type { SettledBlocks } from '../settled-blocks.ts';
import { withdrawnBatches } from '../withdrawn-batches.ts';
import { type FollowDeps, followWithdrawal } from './follow-withdrawal.ts';
import type { OwnBatches } from './own-batches.ts';
import type { PositionedLog } from './positioned-log.ts';
import type { ProcessedOperations } from './processed-operations.ts';
import { type TakenDeps, takenBatches, takenStart } from './taken-batches.ts';

export type WithdrawRequest = Omit<WithdrawnEntry, 'kind' | 'at'>;

export interface WithdrawDeps extends FollowDeps, TakenDeps {
  readonly store: Store;
  readonly blockLog: PositionedLog;
  readonly withdrawals: Withdrawals;
  readonly sequencer: Sequencer;
  readonly sealer: Sealer;
  readonly index: ChainIndex;
  readonly book: BatchBook;
  readonly tree: Tree;
  readonly facts: BatchFactsStore;
  readonly own: OwnBatches;
  readonly processed: ProcessedOperations;
  readonly settled: SettledBlocks;
  readonly checkpoints: CheckpointStore | undefined;
  readonly clock: Clock;
}

export async function withdrawBatches(request: WithdrawRequest, deps: WithdrawDeps): Promise<void> {
  const { sequencer, sealer, book, tree, facts, withdrawals, blockLog, clock } = deps;
  await sealer.idle();
  const { from } = request;
  const last = sequencer.openBatch?.number ?? book.latest;
  assert(from > book.final && from <= last, 'only what is not final can be withdrawn');
  const base = await takenStart(from, deps);
  const taken = await takenBatches(from, deps);
  const entry: WithdrawnEntry = { kind: 'withdrawn', at: clock.now(), ...request };
  const { planned, transactions } = await withdrawnBatches(taken, deps.index);
  const digest = await facts.digestAfter(from - 1n);
  assert(digest !== undefined, 'the digest before what is withdrawn is kept');
  // First: a start must not find them when the withdrawal is in the log.
  await deps.checkpoints?.removeAfter(from - 1n);
  await sequencer.withdraw(entry, base, planned, transactions);
  const lastBlock = base.blockNumber;
  book.withdraw(from);
  deps.settled.withdraw(lastBlock);
  deps.own.withdraw(from);
  deps.processed.withdraw(from);
  sealer.withdraw(digest);
  const sequence = blockLog.lastOf('withdrawn');
  // The tree goes back by the records of the batches as they were; only then their numbers mean the new ones.
  await Promise.all([followWithdrawal(entry, lastBlock, sequence, deps), tree.unwindTo(from - 1n)]);
  withdrawals.add({ sequence, from });
  for (const { number } of taken) await facts.remove(number);
}
