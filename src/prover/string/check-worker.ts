/** Worker thread of `check-string.ts`: reads a range of points, checks that each is on the curve, and answers the two random sums. */

import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { stopSignal } from '../../base/stop-signal.ts';
import { BucketSum, coefficientAt, coefficientBytes, windowsFor } from './bucket-sum.ts';
import { decodeG1, G1_BYTES, type G1Point } from './points.ts';

export interface CheckRequest {
  readonly path: string;
  /** Pairs (i, i + 1) for i in [start, end). */
  readonly start: number;
  readonly end: number;
}

/** Affine coordinates; a range whose sum vanishes (which chance does not give) is answered as invalid. */
export type CheckAnswer = { readonly sum: G1Point; readonly shifted: G1Point } | { readonly invalid: string };

const pointsPerRead = 1 << 14;

async function check({ path, start, end }: CheckRequest, stop: AbortSignal): Promise<CheckAnswer> {
  const file = openSync(path, 'r');
  try {
    const windows = windowsFor(end - start);
    const sum = new BucketSum(windows);
    const shifted = new BucketSum(windows);
    let previous: G1Point | undefined;
    for (let from = start; from < end; from += pointsPerRead) {
      // A turn in which it can be told to stop.
      await setImmediate();
      stop.throwIfAborted();
      const pairs = Math.min(pointsPerRead, end - from);
      const bytes = new Uint8Array((pairs + 1) * G1_BYTES);
      if (readSync(file, bytes, 0, bytes.length, from * G1_BYTES) !== bytes.length) return { invalid: 'truncated' };
      const random = randomBytes(pairs * coefficientBytes(windows));
      for (let i = 0; i <= pairs; i++) {
        const point = pointAt(bytes, i);
        if (point === undefined) return { invalid: `point ${from + i} is not on the curve` };
        if (i > 0) {
          const coefficient = coefficientAt(random, i - 1, windows);
          sum.add(coefficient, previous!.x, previous!.y);
          shifted.add(coefficient, point.x, point.y);
        }
        previous = point;
      }
    }
    return { sum: sum.total().toAffine(), shifted: shifted.total().toAffine() };
  } finally {
    closeSync(file);
  }
}

function pointAt(bytes: Uint8Array, index: number): G1Point | undefined {
  try {
    return decodeG1(bytes, index * G1_BYTES);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

assert(parentPort !== null, 'runs as a worker thread');
const answer = await check(workerData as CheckRequest, stopSignal(parentPort));
parentPort.postMessage(answer);
