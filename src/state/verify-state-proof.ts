import { TREE_DEPTH } from '../chain/constants.ts';
import { merkleRootOf } from '../chain/merkle.ts';
import { isFr, LIMB } from '../chain/word.ts';
import { hashLeaf } from './leaf.ts';
import type { StateProof } from './port.ts';

/** True when the proof shows its claim (the leaf has the key, or no leaf has) under `root`. Never throws on a malformed proof. */
export function verifyStateProof(root: bigint, proof: StateProof): boolean {
  const { kind, key, index, leaf, siblings } = proof;
  const isLimb = (x: bigint) => x >= 0n && x < LIMB;
  if (![key, leaf.key, leaf.nextKey, leaf.salt, ...siblings].every(isFr) || !isLimb(leaf.hi) || !isLimb(leaf.lo))
    return false;
  if (siblings.length !== TREE_DEPTH || !Number.isInteger(index) || index < 0 || index >= 2 ** TREE_DEPTH) return false;
  const isClaim = kind === 'member' ? leaf.key === key : leaf.key < key && (leaf.nextKey === 0n || leaf.nextKey > key);
  return isClaim && merkleRootOf(hashLeaf(leaf), index, siblings) === root;
}
