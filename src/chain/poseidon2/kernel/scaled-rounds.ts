/**
 * The permutation rewritten for the fast engine. Three identities, all exact in the field:
 *
 * - Partial rounds. With x the first element and v the other three, a round is x' = m y + 1.v, v' = A v + y, where y is the S-box of x plus
 *   its constant. Taking y = (x' - 1.v) / m out of the second gives a linear system driven by x', and any such system has a companion form:
 *   u(r+1) = x' + p.(u(r), u(r-1), u(r-2)) and 1.v = c.(u(r), u(r-1), u(r-2)). A round so needs four modular reductions instead of seven.
 * - Scales. Every stored value is its field value times a known factor s: Montgomery factors and m are taken into it, so that the
 *   coefficient of y is one. s differs by round, and each round has its own multiples of p and c.
 * - The first and last linear maps of the partial rounds (from v to u and back) are 3 x 3 matrices.
 */

import {
  FULL_ROUND_CONSTANTS,
  FULL_ROUNDS_HALF,
  INTERNAL_DIAGONAL_MINUS_1,
  PARTIAL_ROUND_CONSTANTS,
  PARTIAL_ROUNDS,
} from '../round-constants.ts';
import { inverse, LIMBS, mod, power, RADIX } from './limbs.ts';

/** Montgomery reductions by five limbs (S-boxes of partial rounds, squarings), by six, and by two (multiplications by a constant). */
export const R5 = mod(RADIX ** 5n);
export const R6 = mod(RADIX ** 6n);
const R2 = RADIX ** 2n;

type Matrix = readonly (readonly bigint[])[];

const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => mod(row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0n))));

const columns = (...vectors: readonly bigint[][]): Matrix => [0, 1, 2].map((i) => vectors.map((v) => v[i]!));

const determinant = ([[a, b, c], [d, e, f], [g, h, i]]: Matrix3): bigint =>
  mod(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g));

type Matrix3 = readonly [Row3, Row3, Row3];
type Row3 = readonly [bigint, bigint, bigint];

function invert(matrix: Matrix): Matrix {
  const [[a, b, c], [d, e, f], [g, h, i]] = matrix as Matrix3;
  const k = inverse(determinant(matrix as Matrix3));
  return [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ].map((row) => row.map((x) => mod(x * k)));
}

/** Companion form of the partial rounds: `v = fromHistory u`, and the coefficients p and c. */
function companionForm(): {
  fromHistory: Matrix;
  toHistory: Matrix;
  p: readonly bigint[];
  c: readonly bigint[];
  m: bigint;
} {
  const diagonal = INTERNAL_DIAGONAL_MINUS_1;
  const m = mod(diagonal[0]! + 1n);
  const inverseM = inverse(m);
  const a: Matrix = [1, 2, 3].map((i) => [1, 2, 3].map((j) => mod((i === j ? diagonal[i]! : 0n) + 1n - inverseM)));
  const b = [[inverseM], [inverseM], [inverseM]];
  const ab = multiply(a, b);
  const aab = multiply(a, ab);
  const column = (x: Matrix) => x.map((row) => row[0]!);
  // Characteristic polynomial z^3 - p0 z^2 - p1 z - p2, by Cayley and Hamilton: A^3 b = p0 A^2 b + p1 A b + p2 b.
  const controllability = columns(column(b), column(ab), column(aab));
  const [p2, p1, p0] = column(multiply(invert(controllability), multiply(a, aab))) as [bigint, bigint, bigint];
  // In companion form the controllability matrix is upper triangular Toeplitz with first row 1, p0, p0^2 + p1.
  const companion: Matrix = [
    [1n, p0, mod(p0 * p0 + p1)],
    [0n, 1n, p0],
    [0n, 0n, 1n],
  ];
  const fromHistory = multiply(controllability, invert(companion));
  const c = [0, 1, 2].map((j) => mod(fromHistory.reduce((sum, row) => sum + row[j]!, 0n)));
  return { fromHistory, toHistory: invert(fromHistory), p: [p0, p1, p2], c, m };
}

/** Each scaled constant of the kernel, as a residue; the kernel stores them as limbs. */
export interface Rounds {
  /** Multiplies a plain input. */
  readonly input: bigint;
  /** Added before the S-boxes of a full round, four each; those of round 4 follow the partial rounds. */
  readonly full: readonly (readonly bigint[])[];
  /** Rows from the last three elements to u(0), u(-1), u(-2), and back. */
  readonly toHistory: Matrix;
  readonly fromHistory: Matrix;
  /** Added to the first element before the first partial round. */
  readonly firstPartial: bigint;
  /**
   * `c` and `p` multiply u(r), u(r-1), u(r-2), five constants each, one for each limb; `constant` is added to the new first element, for the next
   * S-box, and taken out of u again. All are for a reduction by two limbs.
   */
  readonly partial: readonly {
    readonly c: readonly bigint[];
    readonly p: readonly bigint[];
    readonly constant: bigint;
  }[];
  /** Multiplies a last element to make it plain. */
  readonly output: bigint;
}

export function scaleRounds(): Rounds {
  const { fromHistory, toHistory, p, c, m } = companionForm();
  const afterFull = inverse(power(R5, 3n) * R6);
  const afterPartial = inverse(power(R5, 4n) * m);
  const rounds = 2 * FULL_ROUNDS_HALF + PARTIAL_ROUNDS;
  const partialEnd = FULL_ROUNDS_HALF + PARTIAL_ROUNDS;
  // scale[r] is the factor of every value before round r.
  const scale = [1n];
  for (let r = 0; r < rounds; r++) {
    const isPartial = r >= FULL_ROUNDS_HALF && r < partialEnd;
    scale.push(mod(power(scale[r]!, 5n) * (isPartial ? afterPartial : afterFull)));
  }
  const inverses = scale.map(inverse);
  const start = scale[FULL_ROUNDS_HALF]!;
  /** 1 / scale of u(r); values before the first partial round share its scale. */
  const inverseScale = (r: number): bigint => inverses[Math.max(r, FULL_ROUNDS_HALF)]!;
  const end = scale[partialEnd]!;
  const partial = Array.from({ length: PARTIAL_ROUNDS }, (_, i) => {
    const r = FULL_ROUNDS_HALF + i;
    const next = scale[r + 1]!;
    const row = (x: bigint, j: number) => {
      const factor = mod(x * next * R2 * inverseScale(r - j));
      return Array.from({ length: LIMBS }, (_, limb) => mod(factor * RADIX ** BigInt(limb)));
    };
    const nextConstant =
      i + 1 < PARTIAL_ROUNDS ? PARTIAL_ROUND_CONSTANTS[i + 1]! : FULL_ROUND_CONSTANTS[FULL_ROUNDS_HALF * 4]!;
    return { c: c.flatMap(row), p: p.flatMap(row), constant: mod(nextConstant * next * R2) };
  });
  return {
    input: mod(R6 * scale[0]!),
    full: Array.from({ length: 2 * FULL_ROUNDS_HALF }, (_, i) => {
      const r = i < FULL_ROUNDS_HALF ? i : i + PARTIAL_ROUNDS;
      return FULL_ROUND_CONSTANTS.slice(4 * i, 4 * i + 4).map((x) => mod(x * scale[r]!));
    }),
    toHistory: toHistory.map((row) => row.map((x) => mod(x * R6))),
    firstPartial: mod(PARTIAL_ROUND_CONSTANTS[0]! * start),
    fromHistory: fromHistory.map((row) => row.map((x, j) => mod(x * R6 * end * inverseScale(partialEnd - j)))),
    partial,
    output: mod(R6 * inverses[rounds]!),
  };
}
