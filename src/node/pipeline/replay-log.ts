/** The block log through the very same stages as live work; what is sealed in it is sealed again and compared. */

import type { ClosedBatch } from '../../sequencer/batch.ts';
import { decodeEntry } from '../../sequencer/log-entries.ts';
import type { Sequencer } from '../../sequencer/sequencer.ts';
import { fatesOf, type Withdrawal, type Withdrawals } from '../../sequencer/withdrawals.ts';
import type { ChainIndex } from '../chain-index.ts';
import type { Sealer } from '../sealer.ts';
import { type FollowDeps, followWithdrawal } from './follow-withdrawal.ts';
import type { PositionedLog } from './positioned-log.ts';

export interface ReplayDeps extends FollowDeps {
  readonly blockLog: PositionedLog;
  readonly withdrawals: Withdrawals;
  readonly sequencer: Sequencer;
  readonly sealer: Sealer;
  readonly index: ChainIndex;
  /** Batches that the sequencer has closed, in order; taken out of it when their seal is found. */
  readonly replayed: ClosedBatch[];
  /** Withdrawals that the tables have followed. */
  readonly followed: readonly Withdrawal[];
}

/** Replays what comes after a batch that was closed with the entry `closedAt`, and then the pipeline is live. */
export async function replayLog(
  after: { readonly batch: bigint; readonly closedAt: number },
  deps: ReplayDeps,
): Promise<void> {
  const { blockLog, withdrawals, sequencer, sealer, index, replayed, followed, store } = deps;
  const isVoid = fatesOf(withdrawals);
  for await (const { kind, payload, sequence } of store.log.read(after.closedAt + 1)) {
    blockLog.replaying(sequence, kind);
    const entry = decodeEntry(kind, payload);
    if (entry.kind === 'sealed' && entry.batch <= after.batch) continue;
    const wasWithdrawn = isVoid(sequence, entry);
    sequencer.replay(entry, wasWithdrawn);
    if (entry.kind === 'block') await index.room();
    if (entry.kind === 'sealed' && !wasWithdrawn) {
      sealer.add(replayed.shift()!, entry);
      await sealer.idle();
    } else if (entry.kind === 'withdrawn') {
      const isFollowed = followed.some((withdrawal) => withdrawal.sequence === sequence);
      if (!isFollowed) await followWithdrawal(entry, sequencer.head, sequence, deps);
    }
  }
  blockLog.goLive();
  for (const batch of replayed.splice(0)) sealer.add(batch);
  await sealer.idle();
}
