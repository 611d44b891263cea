/**
 * Is a file of points the powers of one secret, and the G2 point of the same secret? Every point is tested to be on the curve (BN254's G1 has
 * no cofactor), the first to be the generator, and a random combination of all neighbours by pairing:
 * e(sum r_i P_(i+1), [1]) = e(sum r_i P_i, [x]), which another file passes with probability 2^-65. About 40 s on two workers for 2^21 points.
 */

import { open, stat } from 'node:fs/promises';
import { bn254 } from '@noble/curves/bn254.js';
import { runInThread } from '../../base/run-in-thread.ts';
import { proverError } from '../errors.ts';
import type { CheckAnswer, CheckRequest } from './check-worker.ts';
import { GENERATOR } from './fixed-base.ts';
import { decodeG1, decodeG2, encodeG2, G1_BYTES, type G2Point, toNobleG1, toNobleG2 } from './points.ts';

export interface CheckStringOptions {
  readonly g1Path: string;
  readonly g2: G2Point;
  readonly workers?: number;
  readonly signal?: AbortSignal;
}

/** Throws STRING_INVALID saying what is wrong. */
export async function checkString({ g1Path, g2, workers = 2, signal }: CheckStringOptions): Promise<void> {
  const { size } = await stat(g1Path);
  if (size % G1_BYTES !== 0) throw proverError('STRING_INVALID', 'its length is not a whole number of points');
  const points = size / G1_BYTES;
  if (points < 2) throw proverError('STRING_INVALID', 'fewer than two points');
  await checkFirstPoint(g1Path);
  checkG2(g2);
  if (toNobleG2(g2).equals(bn254.G2.Point.BASE)) throw proverError('STRING_INVALID', 'the secret is 1');
  const pairs = points - 1;
  const share = Math.ceil(pairs / workers);
  const answers = await Promise.all(
    Array.from({ length: workers }, (_, i) => ({
      path: g1Path,
      start: i * share,
      end: Math.min(pairs, (i + 1) * share),
    }))
      .filter(({ start, end }) => start < end)
      .map((request) => checkRange(request, signal)),
  );
  let sum = bn254.G1.Point.ZERO;
  let shifted = bn254.G1.Point.ZERO;
  for (const answer of answers) {
    if ('invalid' in answer) throw proverError('STRING_INVALID', answer.invalid);
    sum = sum.add(toNobleG1(answer.sum));
    shifted = shifted.add(toNobleG1(answer.shifted));
  }
  const pairing = bn254.pairingBatch([
    { g1: shifted, g2: bn254.G2.Point.BASE },
    { g1: sum.negate(), g2: toNobleG2(g2) },
  ]);
  if (!bn254.fields.Fp12.eql(pairing, bn254.fields.Fp12.ONE)) {
    throw proverError('STRING_INVALID', 'its points are not the powers of the secret in G2');
  }
}

function checkG2(g2: G2Point): void {
  try {
    decodeG2(encodeG2(g2));
  } catch (cause) {
    throw proverError('STRING_INVALID', 'its G2 point is invalid', { cause });
  }
}

async function checkFirstPoint(path: string): Promise<void> {
  const file = await open(path);
  try {
    const bytes = new Uint8Array(G1_BYTES);
    await file.read(bytes, 0, G1_BYTES, 0);
    const { x, y } = decodeG1(bytes);
    if (x !== GENERATOR.x || y !== GENERATOR.y) throw new RangeError('not the generator');
  } catch (cause) {
    throw proverError('STRING_INVALID', 'the first point is not the generator', { cause });
  } finally {
    await file.close();
  }
}

const checkRange = (request: CheckRequest, signal: AbortSignal | undefined): Promise<CheckAnswer> =>
  runInThread(
    new URL('./check-worker.ts', import.meta.url),
    { workerData: request },
    (answer: CheckAnswer) => ({ result: answer }),
    signal,
  );
