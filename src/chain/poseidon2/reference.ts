import { FR_MODULUS as P } from '../constants.ts';
import {
  FULL_ROUND_CONSTANTS,
  FULL_ROUNDS_HALF,
  INTERNAL_DIAGONAL_MINUS_1,
  PARTIAL_ROUND_CONSTANTS,
  PARTIAL_ROUNDS,
} from './round-constants.ts';

export type State = readonly [bigint, bigint, bigint, bigint];

const [D0, D1, D2, D3] = INTERNAL_DIAGONAL_MINUS_1 as unknown as State;

const sbox = (x: bigint): bigint => {
  const x2 = (x * x) % P;
  return (((x2 * x2) % P) * x) % P;
};

/** Multiplication by the 4 x 4 MDS matrix of Poseidon2, section 5.1: 5 7 1 3 / 4 6 1 1 / 1 3 5 7 / 1 1 4 6. */
const external = ([a, b, c, d]: State): State => {
  const t0 = a + b;
  const t1 = c + d;
  const t2 = 2n * b + t1;
  const t3 = 2n * d + t0;
  const t4 = 4n * t1 + t3;
  const t5 = 4n * t0 + t2;
  return [(t3 + t5) % P, t5 % P, (t2 + t4) % P, t4 % P];
};

const fullRound = ([a, b, c, d]: State, round: number): State => {
  const k = round * 4;
  const constant = (i: number) => FULL_ROUND_CONSTANTS[k + i]!;
  return external([sbox(a + constant(0)), sbox(b + constant(1)), sbox(c + constant(2)), sbox(d + constant(3))]);
};

const partialRound = ([a, b, c, d]: State, round: number): State => {
  const x = sbox(a + PARTIAL_ROUND_CONSTANTS[round]!);
  const sum = x + b + c + d;
  return [(x * D0 + sum) % P, (b * D1 + sum) % P, (c * D2 + sum) % P, (d * D3 + sum) % P];
};

/** The permutation in plain integers: slow, short, and what the fast engine is tested against. Inputs are below the modulus. */
export function permuteReference(input: State): State {
  let state = external(input);
  for (let round = 0; round < FULL_ROUNDS_HALF; round++) state = fullRound(state, round);
  for (let round = 0; round < PARTIAL_ROUNDS; round++) state = partialRound(state, round);
  for (let round = FULL_ROUNDS_HALF; round < 2 * FULL_ROUNDS_HALF; round++) state = fullRound(state, round);
  return state;
}
