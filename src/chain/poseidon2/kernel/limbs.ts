import { FR_MODULUS as P } from '../../constants.ts';

/**
 * Numbers of the fast engine: five signed limbs of 51 bits, each exact in a double. A double multiplication with one rounding (FMA) splits
 * a product of two limbs into a high part, a multiple of 2^51, and an exact low part (Emmart, Zheng, Weems, "Faster modular exponentiation
 * using double precision floating point arithmetic on the GPU", ARITH 2018; signed here, so that round-to-nearest serves).
 */

export const LIMBS = 5;
export const RADIX_BITS = 51;
export const RADIX = 1n << 51n;
const HALF = RADIX / 2n;

/** Least non-negative residue. */
export const mod = (x: bigint): bigint => ((x % P) + P) % P;

export function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

/** By Euclid's algorithm; the inverse of 0 is not asked for. */
export function inverse(x: bigint): bigint {
  let [a, b] = [mod(x), P];
  let [u, v] = [1n, 0n];
  while (a !== 1n) {
    const q = b / a;
    [a, b] = [b - q * a, a];
    [u, v] = [v - q * u, u];
  }
  return mod(u);
}

/** Balanced digits: each but the last in [-2^50, 2^50). */
function digits(x: bigint): bigint[] {
  let rest = x;
  const limbs: bigint[] = [];
  for (let i = 0; i < LIMBS - 1; i++) {
    const low = ((rest + HALF) & (RADIX - 1n)) - HALF;
    limbs.push(low);
    rest = (rest - low) / RADIX;
  }
  return [...limbs, rest];
}

/** Limbs of the residue of least magnitude. */
export function toLimbs(x: bigint): bigint[] {
  const residue = mod(x);
  return digits(residue > P / 2n ? residue - P : residue);
}

export const MODULUS_LIMBS: readonly bigint[] = digits(P);

/** -1 / p mod 2^51, of least magnitude. */
export const NEGATED_INVERSE: bigint = ((): bigint => {
  let x = 1n;
  for (let i = 0; i < 6; i++) x = BigInt.asUintN(RADIX_BITS, x * (2n - P * x));
  return BigInt.asIntN(RADIX_BITS, -x);
})();

const view = new DataView(new ArrayBuffer(8));

/** Bits of the double that equals `value`, a small integer or a power of two times one. */
export function doubleBits(value: bigint): bigint {
  view.setFloat64(0, Number(value));
  return view.getBigUint64(0);
}
