/**
 * Sums of many points with random 65-bit coefficients by buckets: what the pairing check of a whole string needs. Additions into buckets are
 * batched affine ones; a bucket that is hit twice in one batch waits for the next.
 */

import { bn254 } from '@noble/curves/bn254.js';
import { AffineBatch, emptyPoints } from './affine-batch.ts';

const WINDOW_BITS = 13;
const WINDOWS = 5;
const BUCKETS = 1 << WINDOW_BITS;
const batchAdditions = 2048;

/** A coefficient as its window digits. */
export type Coefficient = Uint16Array;

export const coefficientBytes = WINDOWS * 2;

/** Uniform 13-bit digits out of random bytes. */
export function coefficientAt(random: Uint8Array, index: number): Coefficient {
  const digits = new Uint16Array(WINDOWS);
  for (let w = 0; w < WINDOWS; w++) {
    const at = index * coefficientBytes + w * 2;
    digits[w] = (random[at]! | (random[at + 1]! << 8)) & (BUCKETS - 1);
  }
  return digits;
}

type Projective = InstanceType<typeof bn254.G1.Point>;

export class BucketSum {
  readonly #buckets = emptyPoints(BUCKETS * WINDOWS);
  readonly #batch = new AffineBatch(this.#buckets, batchAdditions);
  readonly #stamp = new Uint32Array(BUCKETS * WINDOWS);
  #round = 1;
  #waiting: { target: number; x: bigint; y: bigint }[] = [];

  add(coefficient: Coefficient, x: bigint, y: bigint): void {
    for (let w = 0; w < WINDOWS; w++) {
      const digit = coefficient[w]!;
      if (digit !== 0) this.#addTo(w * BUCKETS + digit, x, y);
    }
  }

  total(): Projective {
    while (this.#waiting.length > 0) this.#nextRound();
    this.#batch.flush();
    let total = bn254.G1.Point.ZERO;
    for (let w = WINDOWS - 1; w >= 0; w--) {
      for (let i = 0; i < WINDOW_BITS; i++) total = total.double();
      total = total.add(this.#windowTotal(w));
    }
    return total;
  }

  #addTo(target: number, x: bigint, y: bigint): void {
    if (this.#stamp[target] === this.#round) {
      this.#waiting.push({ target, x, y });
      return;
    }
    this.#stamp[target] = this.#round;
    this.#batch.add(target, x, y);
    if (this.#batch.full) this.#nextRound();
  }

  #nextRound(): void {
    this.#batch.flush();
    this.#round += 1;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { target, x, y } of waiting) this.#addTo(target, x, y);
  }

  /** Sum of d * bucket[d], by running sums from the top. */
  #windowTotal(window: number): Projective {
    let running = bn254.G1.Point.ZERO;
    let total = bn254.G1.Point.ZERO;
    for (let digit = BUCKETS - 1; digit > 0; digit--) {
      const at = window * BUCKETS + digit;
      if (this.#buckets.set[at] === 1) {
        running = running.add(bn254.G1.Point.fromAffine({ x: this.#buckets.x[at]!, y: this.#buckets.y[at]! }));
      }
      total = total.add(running);
    }
    return total;
  }
}
