/**
 * Tables, proofs and jobs are derived from the block log, so they follow its withdrawals: once each, together with the list of those followed. A
 * node that was killed before finds at the next start that the list is behind.
 */

import { encodeFields, FieldReader, integerField as int, type RlpField } from '../chain/rlp-fields.ts';
import { firstPriorityOf } from '../prover/jobs/prove-range.ts';
import type { Withdrawal } from '../sequencer/withdrawals.ts';
import type { Store } from '../store/port.ts';

const followedName = 'withdrawals-followed';

/** Withdrawals of the log that the tables have followed, in order. */
export async function withdrawalsFollowed(store: Pick<Store, 'read'>): Promise<Withdrawal[]> {
  const value = await store.read.checkpoints.get(followedName);
  if (value === undefined) return [];
  const fields = FieldReader.decode(value);
  return Array.from({ length: fields.length }, (_, i) => {
    const withdrawal = fields.reader(i);
    return { sequence: withdrawal.number(0), from: withdrawal.integer(1) };
  });
}

/** Removes what belongs to the batches from `from` on, whose first block is the one after `lastBlock`. Denials stay. */
export async function takeBackDerived(
  store: Pick<Store, 'jobs' | 'read' | 'transaction'>,
  { sequence, from, lastBlock }: Withdrawal & { readonly lastBlock: bigint },
): Promise<void> {
  // Outside the transaction, and first: a job that is removed twice is no harm, one that stays would be proved for nothing.
  await store.jobs.removeFrom(firstPriorityOf(from));
  const followed = [...(await withdrawalsFollowed(store)), { sequence, from }];
  const list = followed.map((withdrawal): RlpField => [int(withdrawal.sequence), int(withdrawal.from)]);
  await store.transaction(async (writes) => {
    await writes.blocks.removeAbove(Number(lastBlock));
    await writes.batches.removeAbove(Number(from) - 1);
    await writes.proofs.removeAbove(Number(from) - 1);
    await writes.checkpoints.put(followedName, encodeFields(list));
  });
}
