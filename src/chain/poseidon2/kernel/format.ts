/**
 * How numbers look while the kernel works on them. Two forms:
 *
 * - Limbs (limbs.ts): five doubles, the digits of a number to the base 2^51. They are the factors of multiplications. All but the top one lie in
 *   [-2^50, 2^50); the top one carries the size of the number and stays below 2^51.
 * - Columns: 64-bit integers, one for each power of 2^51, that collect the halves of products before any carry.
 *
 * A product a b, of a limb and a limb or twice a limb, is at most 2^102 and is split without loss by two fused multiplications, which round once:
 *
 *     high = a b + SPLIT                      SPLIT is so large that the sum is rounded to a multiple of 2^51
 *     low  = a b + (SPLIT_BACK - high)        exact: what the rounding left, within 2^50
 *
 * Neither is converted to an integer: the bits of a double between 2^e and 2^(e+1), read as a 64-bit integer, count its units in the last place
 * from a constant on. So adding the bits of `high` adds HIGH_OFFSET and the product's multiple of 2^51, adding those of `low` adds LOW_OFFSET and
 * the rest. The column's start value takes the offsets of all its products out again; on the way it may wrap, which is harmless modulo 2^64.
 *
 * All of this is right while no sum leaves its range. test/chain/poseidon2/kernel-bounds.test.ts decodes the module and runs its instructions on
 * intervals: none does, whatever the input. Within those ranges every step is exact, so the kernel computes one polynomial map modulo p, and the
 * comparisons with plain integers and with Noir tell whether it is the right one.
 */

import { doubleBits, LIMBS, RADIX, RADIX_BITS } from './limbs.ts';

export const SPLIT = doubleBits(3n << 102n);
export const SPLIT_BACK = doubleBits((3n << 102n) + (3n << 51n));
export const HIGH_OFFSET = SPLIT;
export const LOW_OFFSET = doubleBits(3n << 51n);

/** A column is made positive before its carry is shifted out, as vectors have no cheap arithmetic shift; the next column takes that back. */
export const POSITIVE = 1n << 62n;
export const CARRY_OFFSET = POSITIVE >> BigInt(RADIX_BITS);
/** Added before a carry, so that the digit left behind is the balanced one. */
export const ROUNDING = RADIX / 2n;

/** A digit's 51 bits, under the exponent of 2^52, are a double; DIGIT_OFFSET taken from it leaves the balanced digit. */
export const DIGIT_MASK = RADIX - 1n;
export const DIGIT_EXPONENT = doubleBits(1n << 52n);
export const DIGIT_OFFSET = doubleBits((1n << 52n) + ROUNDING);
/** A small integer added to these bits is, as a double, 3 * 2^51 plus that integer. */
export const INTEGER_OFFSET = doubleBits(3n << 51n);

/** Offsets that the products of a column bring along: `low` of its own, `high` of those one column below. */
export const productOffsets = (own: number, below: number): bigint =>
  BigInt(own) * LOW_OFFSET + BigInt(below) * HIGH_OFFSET;

/** What column `limb` of five needs for `LimbWriter.toMultiplicand` to make limbs of them. */
export function carryStart(limb: number): bigint {
  const taken = limb === 0 ? 0n : CARRY_OFFSET;
  return limb === LIMBS - 1 ? INTEGER_OFFSET - taken : POSITIVE + ROUNDING - taken;
}
