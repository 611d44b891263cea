import { FR_MODULUS } from '../../chain/constants.ts';

/** `base ^ exponent` in the scalar field. */
export function powFr(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % FR_MODULUS;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % FR_MODULUS;
    square = (square * square) % FR_MODULUS;
  }
  return result;
}
