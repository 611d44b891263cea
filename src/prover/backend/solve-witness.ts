/** Solves a circuit's witness in a thread of its own: seconds of wasm for a full segment, which the event loop cannot spare. */

import type { InputMap } from '@noir-lang/noir_js';
import { isPrivityError } from '../../base/errors.ts';
import { runInThread } from '../../base/run-in-thread.ts';
import { proverError } from '../errors.ts';
import type { CircuitFile } from './backend.ts';
import type { SolveAnswer, SolveRequest } from './solve-worker.ts';

/** The compressed witness. Throws WITNESS_UNSATISFIED with the assertion that failed; its text holds no input. */
export async function solveWitness(circuit: CircuitFile, inputs: InputMap, signal?: AbortSignal): Promise<Uint8Array> {
  const request: SolveRequest = { path: circuit.path, inputs };
  const read = (answer: SolveAnswer) => {
    if ('witness' in answer) return { result: answer.witness };
    throw proverError('WITNESS_UNSATISFIED', `${circuit.name}: ${withoutNumbers(answer.unsatisfied)}`);
  };
  try {
    return await runInThread(new URL('./solve-worker.ts', import.meta.url), { workerData: request }, read, signal);
  } catch (cause) {
    if (signal?.aborted || isPrivityError(cause)) throw cause;
    throw proverError('BACKEND_FAILED', `solving ${circuit.name}`, { cause });
  }
}

const withoutNumbers = (text: string): string => text.replaceAll(/0x[0-9a-fA-F]+|\d{6,}/g, '#').slice(0, 300);
