import { type CIRCUIT_KIND, TAG, VK_TREE_DEPTH } from '../../chain/constants.ts';
import { buildMerkleTree, type MerkleTree } from '../../chain/merkle.ts';
import { p2 } from '../../chain/poseidon2.ts';

/** A circuit whose proofs count, in the order of its position under vkRoot. */
export interface KeyLeaf {
  readonly kind: (typeof CIRCUIT_KIND)[keyof typeof CIRCUIT_KIND];
  readonly keyHash: bigint;
}

/** vkRoot and its paths. Positions beyond the last key are empty: no key hashes to them. */
export const buildKeyTree = (leaves: readonly KeyLeaf[]): MerkleTree =>
  buildMerkleTree(
    leaves.map(({ kind, keyHash }) => p2(TAG.VK, BigInt(kind), keyHash)),
    VK_TREE_DEPTH,
  );
