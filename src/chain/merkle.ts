/** Fixed-depth Poseidon2 Merkle trees over a short list of leaves: policy, lists, verification keys, transactions of a batch. */

import { assert } from '../base/assert.ts';
import { emptySubtrees } from './frontier.ts';
import { node } from './poseidon2.ts';

export interface MerkleTree {
  readonly root: bigint;
  readonly depth: number;
  /** Siblings from the leaf up. */
  siblings(position: number): bigint[];
}

/** Leaves beyond `leaves.length` are empty (0). */
export function buildMerkleTree(leaves: readonly bigint[], depth: number): MerkleTree {
  assert(leaves.length <= 2 ** depth, 'more leaves than the tree holds');
  const zeros = emptySubtrees(depth);
  const levels: bigint[][] = [[...leaves]];
  for (let level = 0; level < depth; level++) {
    const below = levels[level]!;
    const above: bigint[] = [];
    for (let i = 0; i < below.length; i += 2) above.push(node(below[i]!, below[i + 1] ?? zeros[level]!));
    levels.push(above);
  }
  return {
    root: levels[depth]![0] ?? zeros[depth]!,
    depth,
    siblings(position) {
      assert(position >= 0 && position < 2 ** depth, 'position outside the tree');
      return Array.from({ length: depth }, (_, level) => levels[level]![(position >> level) ^ 1] ?? zeros[level]!);
    },
  };
}

/** Root implied by a leaf, its position and its siblings from the leaf up. */
export function merkleRootOf(leaf: bigint, position: number, siblings: readonly bigint[]): bigint {
  let current = leaf;
  siblings.forEach((sibling, level) => {
    current = Math.floor(position / 2 ** level) % 2 === 1 ? node(sibling, current) : node(current, sibling);
  });
  return current;
}
