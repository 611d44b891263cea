/** Writes the development string: the powers of a secret everybody knows. Same bytes on every machine. About 50 s on two workers. */

import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bn254 } from '@noble/curves/bn254.js';
import { STOP } from '../../base/stop-signal.ts';
import { developmentSecret } from './development-secret.ts';
import { fromNobleG2, G1_BYTES } from './points.ts';
import type { PowersAnswer, PowersRequest } from './powers-worker.ts';
import { finishString, G1_FILE, type ReferenceString, removeString, STRING_POINTS } from './reference-string.ts';

export interface GenerateStringOptions {
  readonly directory: string;
  readonly points?: number;
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

const pointsPerRequest = 1 << 14;

export async function generateDevelopmentString(options: GenerateStringOptions): Promise<ReferenceString> {
  const { directory, points = STRING_POINTS } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await removeString(directory);
  const part = join(directory, `${G1_FILE}.part`);
  const file = await open(part, 'w', 0o600);
  try {
    await forEachRange(options, points, (answer) =>
      file.write(answer.bytes, 0, answer.bytes.length, answer.start * G1_BYTES),
    );
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, join(directory, G1_FILE));
  return finishString(directory, fromNobleG2(bn254.G2.Point.BASE.multiply(developmentSecret())), 'development');
}

async function forEachRange(
  { workers = 2, signal, progress }: GenerateStringOptions,
  points: number,
  write: (answer: PowersAnswer) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  let done = 0;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL('./powers-worker.ts', import.meta.url));
      const stop = (error?: unknown) => {
        signal?.removeEventListener('abort', aborted);
        // It ends by itself, after the range it works on: ending a busy thread from outside can bring down the process.
        worker.off('message', take);
        worker.unref();
        worker.postMessage(STOP);
        if (error === undefined) resolve();
        else reject(error);
      };
      const aborted = () => stop(signal?.reason);
      const ask = () => {
        if (next >= points) return stop();
        const request: PowersRequest = { start: next, count: Math.min(pointsPerRequest, points - next) };
        next += request.count;
        worker.postMessage(request);
      };
      const take = (answer: PowersAnswer) => {
        write(answer).then(() => {
          if (signal?.aborted) return;
          done += answer.bytes.length / G1_BYTES;
          progress?.(done, points);
          ask();
        }, stop);
      };
      worker.on('error', stop);
      worker.on('message', take);
      if (signal?.aborted) return aborted();
      signal?.addEventListener('abort', aborted, { once: true });
      ask();
    });
  await Promise.all(Array.from({ length: Math.max(1, Math.min(workers, Math.ceil(points / pointsPerRequest))) }, work));
}
