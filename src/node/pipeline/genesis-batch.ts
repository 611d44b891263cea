import { environmentOf } from '../../chain/digest.ts';
import type { genesisDigest } from '../../chain/genesis.ts';
import { genesisStoredBatch } from '../../chain/stored-batch.ts';
import type { BookedBatch } from '../batch-book.ts';

/** Batch 0, which nobody sealed: the book begins with it. */
export function genesisBatch(
  start: ReturnType<typeof genesisDigest>,
  treeRoot: bigint,
  policyRoot: bigint,
): BookedBatch {
  return {
    stored: genesisStoredBatch(start.digest.prevStateRoot, policyRoot),
    records: { txRoot: 0n, auditRoot: 0n, denialRoot: 0n, dataHash: 0n, batchSalt: 0n },
    messages: [],
    messageHashes: [],
    firstBlock: 0n,
    lastBlock: 0n,
    treeRoot,
    environment: environmentOf(start.digest, start.blind),
    l1: {},
    attempts: {},
  };
}
