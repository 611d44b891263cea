import { FR_MODULUS, TAG, TREE_DEPTH } from '../chain/constants.ts';
import { emptySubtrees } from '../chain/frontier.ts';
import { p2 } from '../chain/poseidon2.ts';
import { LIMB } from '../chain/word.ts';
import { raiseState } from './errors.ts';
import type { Leaf, StateWrite } from './port.ts';

export const hashLeaf = ({ key, hi, lo, nextKey, salt }: Leaf): bigint =>
  p2(TAG.LEAF, p2(TAG.KV, key, hi, lo), p2(TAG.NEXT, nextKey, salt));

/** Roots of empty subtrees by level, 0 to 32. */
export const EMPTY_SUBTREES: readonly bigint[] = emptySubtrees(TREE_DEPTH);

/** Leaf 0 of every tree before its first insertion. */
export const HEAD: Leaf = { key: 0n, hi: 0n, lo: 0n, nextKey: 0n, salt: 0n };

/** Throws STATE_TREE_REFUSED unless the key is a non-zero field element and the limbs have 128 bits. */
export function checkWrite({ key, hi, lo }: StateWrite): void {
  if (key <= 0n || key >= FR_MODULUS) throw raiseState('STATE_TREE_REFUSED', 'a key is not a non-zero field element');
  if (hi < 0n || hi >= LIMB || lo < 0n || lo >= LIMB)
    throw raiseState('STATE_TREE_REFUSED', 'a limb has more than 128 bits');
}

export function checkWrites(writes: readonly StateWrite[]): void {
  const keys = new Set<bigint>();
  for (const write of writes) {
    checkWrite(write);
    if (keys.has(write.key)) throw raiseState('STATE_TREE_REFUSED', 'a key stands twice in a batch');
    keys.add(write.key);
  }
}
