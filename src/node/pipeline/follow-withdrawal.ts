import type { Audit } from '../../audit/port.ts';
import type { WithdrawnEntry } from '../../sequencer/log-entries.ts';
import type { Store } from '../../store/port.ts';
import type { ChainIndex } from '../chain-index.ts';
import { takeBackDerived } from '../taken-back.ts';

export interface FollowDeps {
  readonly store: Store;
  readonly index: Pick<ChainIndex, 'withdraw'>;
  readonly audit: Pick<Audit, 'record' | 'flush'>;
}

/** What is derived from the log follows a withdrawal in it, the entry `sequence`. Done again when a kill came in between. */
export const followWithdrawal = (
  { from, cause, upTo }: WithdrawnEntry,
  lastBlock: bigint,
  sequence: number,
  { store, index, audit }: FollowDeps,
): Promise<void> =>
  index.withdraw(lastBlock, async () => {
    audit.record({
      actor: 'node',
      action: 'batches.withdrawn',
      resource: `batch/${from}`,
      detail: { cause, batches: String(upTo.length), entry: String(sequence) },
    });
    await audit.flush();
    await takeBackDerived(store, { from, lastBlock, sequence });
  });
