/** Multiples of the generator by table look-up: sixteen signed 16-bit windows, so a multiple costs at most sixteen additions. */

import { AffineBatch, emptyPoints, type PointColumns } from './affine-batch.ts';
import { FQ_MODULUS } from './field.ts';

export const GENERATOR = { x: 1n, y: 2n } as const;

const WINDOW_BITS = 16;
const WINDOWS = 16;
const HALF = 1 << (WINDOW_BITS - 1);
const FULL = 1 << WINDOW_BITS;

/** `rows[w]` holds d * 2^(16 w) * G at d, for d = 1..2^15. */
export interface FixedBaseTable {
  readonly rows: readonly PointColumns[];
}

/** About two seconds and 100 MB. */
export function buildFixedBaseTable(): FixedBaseTable {
  const rows: PointColumns[] = [];
  let base: { x: bigint; y: bigint } = GENERATOR;
  for (let w = 0; w < WINDOWS; w++) {
    const row = multiplesOf(base);
    rows.push(row);
    const last = { x: row.x[HALF]!, y: row.y[HALF]! };
    base = doubled(last);
  }
  return { rows };
}

function doubled({ x, y }: { x: bigint; y: bigint }): { x: bigint; y: bigint } {
  const point = emptyPoints(1);
  const batch = new AffineBatch(point, 1);
  batch.add(0, x, y);
  batch.add(0, x, y);
  return { x: point.x[0]!, y: point.y[0]! };
}

/** d * base for d = 1..2^15, doubling the known part each round: the sum of d and 2^k for every d up to 2^k. */
function multiplesOf(base: { x: bigint; y: bigint }): PointColumns {
  const row = emptyPoints(HALF + 1);
  const batch = new AffineBatch(row, HALF);
  batch.add(1, base.x, base.y);
  for (let known = 1; known < HALF; known *= 2) {
    const stepX = row.x[known]!;
    const stepY = row.y[known]!;
    for (let d = 1; d <= known; d++) {
      batch.add(known + d, row.x[d]!, row.y[d]!);
      batch.add(known + d, stepX, stepY);
    }
    batch.flush();
  }
  return row;
}

/** The multiples of G by `scalars` (each below 2^254 and not zero). */
export function multiplyGenerator(table: FixedBaseTable, scalars: readonly bigint[]): PointColumns {
  const points = emptyPoints(scalars.length);
  const batch = new AffineBatch(points, scalars.length);
  const digits = scalars.map(signedDigits);
  for (let w = 0; w < WINDOWS; w++) {
    const row = table.rows[w]!;
    for (let i = 0; i < scalars.length; i++) {
      const digit = digits[i]![w]!;
      if (digit === 0) continue;
      const at = Math.abs(digit);
      batch.add(i, row.x[at]!, digit > 0 ? row.y[at]! : negate(row.y[at]!));
    }
    batch.flush();
  }
  return points;
}

const negate = (y: bigint): bigint => FQ_MODULUS - y;

/** Digits in (-2^15, 2^15], least significant first; the last window has room for the carry. */
function signedDigits(scalar: bigint): Int32Array {
  const digits = new Int32Array(WINDOWS);
  let carry = 0;
  let rest = scalar;
  for (let w = 0; w < WINDOWS; w++) {
    let digit = Number(rest & 0xffffn) + carry;
    rest >>= 16n;
    carry = 0;
    if (digit > HALF) {
      digit -= FULL;
      carry = 1;
    }
    digits[w] = digit;
  }
  return digits;
}
