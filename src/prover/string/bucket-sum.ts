/**
 * Sums of many points with random 65-bit coefficients by buckets: what the pairing check of a whole string needs. Additions into buckets are
 * batched affine ones; a bucket that is hit twice in one batch waits for the next.
 */

import { bn254 } from '@noble/curves/bn254.js';
import { AffineBatch, emptyPoints, type PointColumns } from './affine-batch.ts';

const COEFFICIENT_BITS = 65;
const batchAdditions = 2048;

/** How a coefficient is cut: wide windows pay for many points, narrow ones for few. */
export interface Windows {
  readonly bits: number;
  readonly count: number;
}

export function windowsFor(points: number): Windows {
  const bits = points > 1 << 16 ? 13 : 5;
  return { bits, count: COEFFICIENT_BITS / bits };
}

/** A coefficient as its window digits. */
export type Coefficient = Uint16Array;

export const coefficientBytes = ({ count }: Windows): number => count * 2;

/** Uniform digits out of random bytes. */
export function coefficientAt(random: Uint8Array, index: number, windows: Windows): Coefficient {
  const digits = new Uint16Array(windows.count);
  for (let w = 0; w < windows.count; w++) {
    const at = index * coefficientBytes(windows) + w * 2;
    digits[w] = (random[at]! | (random[at + 1]! << 8)) & ((1 << windows.bits) - 1);
  }
  return digits;
}

type Projective = InstanceType<typeof bn254.G1.Point>;

export class BucketSum {
  readonly #windows: Windows;
  readonly #size: number;
  readonly #buckets: PointColumns;
  readonly #batch: AffineBatch;
  readonly #stamp: Uint32Array;
  #round = 1;
  #waiting: { target: number; x: bigint; y: bigint }[] = [];

  constructor(windows: Windows) {
    this.#windows = windows;
    this.#size = 1 << windows.bits;
    this.#buckets = emptyPoints(this.#size * windows.count);
    this.#batch = new AffineBatch(this.#buckets, batchAdditions);
    this.#stamp = new Uint32Array(this.#size * windows.count);
  }

  add(coefficient: Coefficient, x: bigint, y: bigint): void {
    for (let w = 0; w < this.#windows.count; w++) {
      const digit = coefficient[w]!;
      if (digit !== 0) this.#addTo(w * this.#size + digit, x, y);
    }
  }

  total(): Projective {
    while (this.#waiting.length > 0) this.#nextRound();
    this.#batch.flush();
    let total = bn254.G1.Point.ZERO;
    for (let w = this.#windows.count - 1; w >= 0; w--) {
      for (let i = 0; i < this.#windows.bits; i++) total = total.double();
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
    for (let digit = this.#size - 1; digit > 0; digit--) {
      const at = window * this.#size + digit;
      if (this.#buckets.set[at] === 1) {
        running = running.add(bn254.G1.Point.fromAffine({ x: this.#buckets.x[at]!, y: this.#buckets.y[at]! }));
      }
      total = total.add(running);
    }
    return total;
  }
}
