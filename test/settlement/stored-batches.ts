import { hashCommitment, rollSealed } from '../../src/chain/commitment.ts';
import { genesisStoredBatch, type StoredBatch } from '../../src/chain/stored-batch.ts';
import type { SealedBatch } from '../../src/settlement/port.ts';
import { CHAIN_ID, GENESIS_SLOT, POLICY_ROOT, STATE_ROOT } from '../contracts/stage.ts';

/** Batches 0..count without messages or operations, one a slot from the slot after genesis. `seed` makes others of those from `since` on. */
export function storedBatches(count: number, seed = 1n, since = 1n): SealedBatch[] {
  const batches: StoredBatch[] = [genesisStoredBatch(STATE_ROOT, POLICY_ROOT)];
  for (let number = 1n; number <= BigInt(count); number++) {
    const previous = batches.at(-1)!;
    const fields = {
      batchNumber: number,
      stateRoot: STATE_ROOT + number * 100n + (number < since ? 1n : seed),
      recordsRoot: number,
      messagesRoll: 0n,
      priorityIndex: 0n,
      policyRoot: POLICY_ROOT,
      slot: GENESIS_SLOT + number,
    };
    const commitment = hashCommitment({
      ...fields,
      chainId: CHAIN_ID,
      prevStateRoot: previous.stateRoot,
      priorityRoll: 0n,
    });
    batches.push({ ...fields, commitment, sealed: rollSealed(previous.sealed, commitment) });
  }
  return batches.map((stored) => ({ stored, messageHashes: [] }));
}
