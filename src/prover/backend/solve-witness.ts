/** Solves a circuit's witness in a thread of its own: seconds of wasm for a full segment, which the event loop cannot spare. */

import { Worker } from 'node:worker_threads';
import type { InputMap } from '@noir-lang/noir_js';
import { proverError } from '../errors.ts';
import type { CircuitFile } from './backend.ts';
import type { SolveAnswer, SolveRequest } from './solve-worker.ts';

/** The compressed witness. Throws WITNESS_UNSATISFIED with the assertion that failed; its text holds no input. */
export function solveWitness(circuit: CircuitFile, inputs: InputMap, signal?: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const request: SolveRequest = { path: circuit.path, inputs };
    const worker = new Worker(new URL('./solve-worker.ts', import.meta.url), { workerData: request });
    const settle = () => {
      signal?.removeEventListener('abort', aborted);
      void worker.terminate();
    };
    const aborted = () => {
      settle();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', aborted, { once: true });
    worker.once('message', (answer: SolveAnswer) => {
      settle();
      if ('witness' in answer) resolve(answer.witness);
      else reject(proverError('WITNESS_UNSATISFIED', `${circuit.name}: ${withoutNumbers(answer.unsatisfied)}`));
    });
    worker.once('error', (cause) => {
      settle();
      reject(proverError('BACKEND_FAILED', `solving ${circuit.name}`, { cause }));
    });
  });
}

const withoutNumbers = (text: string): string => text.replaceAll(/0x[0-9a-fA-F]+|\d{6,}/g, '#').slice(0, 300);
