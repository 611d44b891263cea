/** Solves a compiled circuit for inputs and says which assertion failed. */

import { fileURLToPath } from 'node:url';
import { type ErrorWithPayload, Noir } from '@noir-lang/noir_js';
import type { CompiledCircuit } from '@noir-lang/types';
import { CIRCUIT_SOURCES, type CircuitName, type CircuitSource, compileCircuit } from '../../../src/prover/compile.ts';
import { type CircuitStruct, encodeInputs } from '../../../src/prover/witness/circuit-value.ts';

export const CACHE_FOLDER = fileURLToPath(new URL('../../../node_modules/.cache/privity-circuits/', import.meta.url));
export const VK_ROOT = 0x7657n;

export type Verdict = { readonly accepted: true } | { readonly accepted: false; readonly assertion: string };

export interface Solver {
  readonly circuit: CompiledCircuit;
  solve(inputs: CircuitStruct): Promise<Verdict>;
}

export async function createSolver(source: CircuitName | CircuitSource): Promise<Solver> {
  const { circuit } = await compileCircuit(typeof source === 'string' ? CIRCUIT_SOURCES[source] : source, {
    cacheFolder: CACHE_FOLDER,
  });
  const noir = new Noir(circuit);
  return {
    circuit,
    async solve(inputs) {
      try {
        await noir.execute(encodeInputs({ ...inputs, vk_root: inputs['vk_root'] ?? VK_ROOT }));
        return { accepted: true };
      } catch (error) {
        return { accepted: false, assertion: assertionOf(error) };
      }
    },
  };
}

/** The assertion's message, and where it stands in the library. */
function assertionOf(error: unknown): string {
  const { message, noirCallStack } = error as ErrorWithPayload;
  const where = noirCallStack
    ?.at(-1)
    ?.match(/\(([^()]+:\d+):\d+\)+$/)?.[1]
    ?.replace(/^.*compile-\w+\//, '');
  return `${message.replace(/^Circuit execution failed: /, '')}${where === undefined ? '' : ` (${where})`}`;
}
