/** Ends a batch on paper: the numbers that the seal circuit proves (docs/PROTOCOL.md 3, 6, 7), computed once and then only read. */

import { type BatchContext, hashContext } from '../chain/block-context.ts';
import { type BatchRecords, hashCommitment, hashRecords, rollSealed } from '../chain/commitment.ts';
import { type Digest, environmentOf, freshBatchFields, stateRootOf } from '../chain/digest.ts';
import type { StoredBatch } from '../chain/stored-batch.ts';
import { fromWord, toWord, wordToFr } from '../chain/word.ts';
import type { ClosedBatch } from './batch.ts';

export interface SealInput {
  readonly batch: ClosedBatch;
  /** Fresh digest before the batch. */
  readonly before: Digest;
  /** The tree after the batch, the seal's own writes included. */
  readonly tree: { readonly root: bigint; readonly nextIndex: number };
  readonly nextContext: BatchContext;
  /** As a field element, the value of SYSTEM(BLIND) after the batch. */
  readonly blind: bigint;
  readonly records: Omit<BatchRecords, 'txRoot'>;
}

export interface SealResult {
  readonly stored: StoredBatch;
  /** Fresh digest after the batch. */
  readonly after: Digest;
  readonly records: BatchRecords;
  /** The half of the state root's preimage that is not the tree root. */
  readonly environment: bigint;
}

export function sealBatch({ batch, before, tree, nextContext, blind, records }: SealInput): SealResult {
  const fields = {
    version: before.version,
    chainId: before.chainId,
    l1ChainId: before.l1ChainId,
    bridge: before.bridge,
    batchNumber: batch.number + 1n,
    treeRoot: tree.root,
    nextIndex: BigInt(tree.nextIndex),
    priorityHi: toWord(batch.priorityRoll).hi,
    priorityLo: toWord(batch.priorityRoll).lo,
    priorityIndex: batch.priorityIndex,
    context: hashContext(nextContext),
    blockNumber: batch.lastBlock,
    timestamp: batch.lastTimestamp,
    blockHashes: batch.ring.root,
  };
  const stateRoot = stateRootOf(fields, blind);
  const environment = environmentOf(fields, blind);
  const fullRecords: BatchRecords = { ...records, txRoot: batch.txRoot };
  const recordsRoot = hashRecords(fullRecords);
  const commitment = hashCommitment({
    chainId: before.chainId,
    batchNumber: batch.number,
    prevStateRoot: before.prevStateRoot,
    stateRoot,
    recordsRoot,
    messagesRoll: batch.messagesRoll,
    priorityRoll: batch.priorityRoll,
    policyRoot: batch.policyRoot,
    slot: batch.slot,
  });
  const sealed = rollSealed(fromWord({ hi: before.sealedHi, lo: before.sealedLo }), commitment);
  const stored: StoredBatch = {
    batchNumber: batch.number,
    stateRoot,
    recordsRoot,
    messagesRoll: batch.messagesRoll,
    priorityIndex: batch.priorityIndex,
    policyRoot: batch.policyRoot,
    slot: batch.slot,
    commitment,
    sealed,
  };
  const { hi: sealedHi, lo: sealedLo } = toWord(sealed);
  return {
    stored,
    records: fullRecords,
    environment,
    after: { ...freshBatchFields(), ...fields, prevStateRoot: stateRoot, sealedHi, sealedLo },
  };
}

/** SYSTEM(BLIND) as it is written, and as the state root takes it. */
export const blindOf = (blind: bigint) => ({ word: toWord(blind), field: wordToFr(toWord(blind)) });
