/** Worker thread of `solve-witness.ts`: executes a circuit on its inputs. */

import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type CompiledCircuit, type InputMap, Noir } from '@noir-lang/noir_js';
import { assert } from '../../base/assert.ts';

export interface SolveRequest {
  readonly path: string;
  readonly inputs: InputMap;
}

export type SolveAnswer = { readonly witness: Uint8Array } | { readonly unsatisfied: string };

async function solve({ path, inputs }: SolveRequest): Promise<SolveAnswer> {
  const circuit = JSON.parse(readFileSync(path, 'utf8')) as CompiledCircuit;
  try {
    const { witness } = await new Noir(circuit).execute(inputs);
    return { witness };
  } catch (error) {
    return { unsatisfied: error instanceof Error ? error.message : String(error) };
  }
}

assert(parentPort !== null, 'runs as a worker thread');
parentPort.postMessage(await solve(workerData as SolveRequest));
