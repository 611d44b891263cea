/** How `circuits/evm/src/windows.nr` and `merges.nr` cut limbs: by dividing 256^t * X by a power of two. */

import { LIMB } from '../../../chain/word.ts';

/** A merge divides by 2^120: its quotient is `t + 1` bytes. */
export const CUT = 1n << 120n;
export const CUT_PLACES = 16;

export const power = (t: number): bigint => 256n ** BigInt(t);

/** Quotient and remainder. */
export function cut(limb: bigint, t: number, by: bigint): readonly [bigint, bigint] {
  const moved = power(t) * limb;
  return [moved / by, moved % by];
}

/** The four limbs of two words. */
export const limbsOf = (first: bigint, second: bigint): readonly [bigint, bigint, bigint, bigint] => [
  first / LIMB,
  first % LIMB,
  second / LIMB,
  second % LIMB,
];
