import { FR_MODULUS } from '../../../chain/constants.ts';

export const toField = (value: bigint): bigint => ((value % FR_MODULUS) + FR_MODULUS) % FR_MODULUS;

/** 1 / x, and 0 for 0, by Euclid's algorithm. */
export function inverseOrZero(x: bigint): bigint {
  let [r, next, s, nextS] = [FR_MODULUS, toField(x), 0n, 1n];
  if (next === 0n) return 0n;
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [s, nextS] = [nextS, s - quotient * nextS];
  }
  return toField(s);
}
