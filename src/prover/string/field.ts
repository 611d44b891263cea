/** Arithmetic of BN254's base field for the reference string: what a string needs, in plain bigints, in batches. */

import { assert } from '../../base/assert.ts';

/** BN254 base field modulus (EIP-196). */
export const FQ_MODULUS = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

const BARRETT = (1n << 512n) / FQ_MODULUS;

/** Product of two reduced elements. Barrett's reduction saves a third of V8's division; its quotient is at most two too small. */
export function mulFq(a: bigint, b: bigint): bigint {
  const x = a * b;
  let r = x - (((x >> 252n) * BARRETT) >> 260n) * FQ_MODULUS;
  if (r >= FQ_MODULUS) r -= FQ_MODULUS;
  if (r >= FQ_MODULUS) r -= FQ_MODULUS;
  return r;
}

export function subFq(a: bigint, b: bigint): bigint {
  const r = a - b;
  return r < 0n ? r + FQ_MODULUS : r;
}

export function invertFq(value: bigint): bigint {
  assert(value !== 0n, 'zero has no inverse');
  let a = value;
  let b = FQ_MODULUS;
  let x = 1n;
  let y = 0n;
  while (a !== 1n) {
    const q = b / a;
    [a, b] = [b - q * a, a];
    [x, y] = [y - q * x, x];
  }
  const r = x % FQ_MODULUS;
  return r < 0n ? r + FQ_MODULUS : r;
}

/** Replaces each element by its inverse, one real inversion for all (Montgomery's trick). `scratch` is as long as `values`. */
export function invertAll(values: bigint[], count: number, scratch: bigint[]): void {
  if (count === 0) return;
  let product = 1n;
  for (let i = 0; i < count; i++) {
    scratch[i] = product;
    product = mulFq(product, values[i]!);
  }
  let inverse = invertFq(product);
  for (let i = count - 1; i >= 0; i--) {
    const value = values[i]!;
    values[i] = mulFq(inverse, scratch[i]!);
    inverse = mulFq(inverse, value);
  }
}
