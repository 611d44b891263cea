import { type Digest, freshBatchFields, hashDigest, stateRootOf } from '../../src/chain/digest.ts';
import type { FreshDigest } from '../../src/prover/port.ts';

/** A digest that could stand after a seal; `seed` makes them differ. */
export function freshDigest(seed: bigint, changes: Partial<Digest> = {}): FreshDigest {
  const blind = 1_000_003n * seed + 7n;
  const digest: Digest = {
    ...freshBatchFields(),
    version: 1n,
    chainId: 424_242n,
    l1ChainId: 31_337n,
    bridge: 0xb1d6en,
    batchNumber: seed,
    prevStateRoot: 0n,
    treeRoot: 7_919n * seed + 1n,
    nextIndex: 10n + seed,
    priorityHi: seed,
    priorityLo: seed + 1n,
    priorityIndex: seed,
    sealedHi: 0x1234n + seed,
    sealedLo: 0x5678n + seed,
    context: 99n,
    blockNumber: 5n * seed,
    timestamp: 1_700_000_000n + seed,
    blockHashes: 31n * seed,
    ...changes,
  };
  return { blind, digest: { ...digest, prevStateRoot: changes.prevStateRoot ?? stateRootOf(digest, blind) } };
}

export const digestHash = ({ digest }: FreshDigest): bigint => hashDigest(digest);
