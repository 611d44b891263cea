/** Montgomery reduction of a sum of products, written by columns. */

import { assert } from '../../../base/assert.ts';
import { CARRY_OFFSET, POSITIVE, productOffsets, ROUNDING } from './format.ts';
import type { Emission } from './interleave.ts';
import type { LimbWriter, Product, Products } from './limb-writer.ts';
import { doubleBits, inverse, LIMBS, MODULUS_LIMBS, RADIX, RADIX_BITS, toLimbs } from './limbs.ts';

/** Something to reduce, column by column. */
export interface Sum {
  readonly steps: number;
  /** How many of the steps, the last ones, are Montgomery's own. */
  readonly standard: 1 | 2;
  readonly products: Products;
  readonly addends: (k: number) => readonly (() => void)[];
  readonly rows?: Rows;
  /** Added to the columns of the result. */
  readonly start: (limb: number) => bigint;
}

/**
 * Multiplications by constants: limb j of a factor times the five limbs of (constant * 2^51j mod p). The sum is not twice as long as its factors, so
 * it enters at a column two steps before the last.
 */
export interface Rows {
  readonly at: number;
  readonly count: number;
  readonly factor: (row: number) => void;
  readonly constant: (i: number) => void;
}

export const noStart = (): bigint => 0n;
export const noProducts = (): Product[] => [];
export const noAddends = (): (() => void)[] => [];

export interface Reduction {
  /** Writes the rows: all of them before `finish` comes to the column where they enter. */
  addRows(): Generator<void, void>;
  /** Writes the rest and leaves the LIMBS columns of the result in fresh locals. */
  finish(): Emission;
}

/**
 * Divides a sum by 2^51 `steps` times, modulo p. A step removes the low digit d of the lowest column. All but the last one or two add d *
 * (2^-51k mod p) k columns up instead, so that their order does not matter; the last add q p for the digit q that makes the column vanish.
 *
 * Bounds, with p = 0.378 * 2^255 and every digit within 2^50: a folded digit adds at most p / 2 * 2^50 before the steps that are left, so p / 4 or
 * less after them; a standard step adds at most q p / 2^51 = p / 2. So reducing adds at most 0.75 p to the sum's own share, `sum / 2^(51 steps)`.
 */
export function reduction(f: LimbWriter, { steps, standard, products, addends, rows, start }: Sum): Reduction {
  const columns = f.locals(steps + LIMBS + 1);
  const digits = f.locals(steps);
  const carry = f.local('v128');
  const grouped = steps - 2;
  const folded = steps - standard;
  const foldAt = (digit: number) => (digit < grouped ? grouped : grouped + 1);
  const foldLimbs = Array.from({ length: folded }, (_, d) => toLimbs(inverse(RADIX ** BigInt(foldAt(d) - d))));
  const timesDigit = (digit: number, limb: bigint | undefined): Product[] =>
    limb === undefined ? [] : [[() => f.get(digits[digit]!), () => f.constant(doubleBits(limb))]];
  const folds = (k: number): Product[] => foldLimbs.flatMap((limbs, d) => timesDigit(d, limbs[k - foldAt(d)]));
  /** Products of column k of the standard steps `first` to `end`. */
  const moduli = (k: number, first: number, end: number): Product[] =>
    digits.slice(first, end).flatMap((_, i) => timesDigit(first + i, MODULUS_LIMBS[k - first - i]));
  const rowProducts = (k: number) => (rows !== undefined && k >= rows.at && k < rows.at + LIMBS ? rows.count : 0);
  const count = (k: number) => products(k).length + folds(k).length + moduli(k, folded, steps).length + rowProducts(k);

  const begun = new Set<number>();
  /** Gives column k its start value: what its products, its carry and the carry below bring along, taken out. */
  const begin = (k: number) => {
    if (begun.has(k) || k >= steps + LIMBS) return;
    begun.add(k);
    const offsets = productOffsets(count(k), k === 0 ? 0 : count(k - 1));
    const carried = k === 0 || k > steps ? 0n : CARRY_OFFSET;
    const bias = k < steps ? POSITIVE + ROUNDING : start(k - steps);
    f.constant(bias - carried - offsets).set(columns[k]!);
  };
  let areRowsIn = rows === undefined;

  return {
    *addRows() {
      if (rows === undefined) return;
      const factor = f.local('v128');
      for (let k = rows.at; k <= rows.at + LIMBS; k++) begin(k);
      for (let row = 0; row < rows.count; row++) {
        rows.factor(row);
        f.set(factor);
        for (let limb = 0; limb < LIMBS; limb++) {
          const k = rows.at + limb;
          const product: Product = [() => f.get(factor), () => rows.constant(row * LIMBS + limb)];
          yield f.addProduct(product, columns[k]!, columns[k + 1]!);
        }
      }
      areRowsIn = true;
    },

    *finish() {
      begin(0);
      for (let k = 0; k < steps + LIMBS; k++) {
        const column = columns[k]!;
        const next = columns[k + 1]!;
        begin(k + 1);
        if (rows?.at === k) assert(areRowsIn, 'rows are written before the columns they enter are reduced');
        for (const product of products(k)) yield f.addProduct(product, column, next);
        for (const addend of addends(k)) {
          addend();
          f.get(column).op('i64x2.add').set(column);
        }
        for (const product of folds(k)) yield f.addProduct(product, column, next);
        for (const product of moduli(k, folded, Math.min(k, steps))) yield f.addProduct(product, column, next);
        // The carry comes last, so that no column's sum waits for the one below.
        if (k > 0 && k <= steps) f.get(carry).get(column).op('i64x2.add').set(column);
        if (k < folded) f.digit(column).set(digits[k]!);
        if (k >= folded && k < steps) {
          f.montgomeryDigit(column).set(digits[k]!);
          for (const product of moduli(k, k, k + 1)) yield f.addProduct(product, column, next);
        }
        if (k < steps) f.get(column).i32(RADIX_BITS).op('i64x2.shr_u').set(carry);
      }
      return columns.slice(steps, steps + LIMBS);
    },
  };
}

/** A reduction without rows. */
export function* reduce(f: LimbWriter, sum: Sum): Emission {
  return yield* reduction(f, sum).finish();
}
