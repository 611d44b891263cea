/** What hand-written lies share: a small circuit, honest inputs for a program, changes to their rows, and the two judges of a lie. */

import { expect } from 'vitest';
import { LIMB } from '../../../../src/chain/word.ts';
import type { CircuitStruct } from '../../../../src/prover/witness/circuit-value.ts';
import { checkFrame } from '../../../../src/prover/witness/evm/check/frame.ts';
import { EVM_PROFILE_SMALL, type EvmProfile } from '../../../../src/prover/witness/evm/evm-profile.ts';
import { evmSource } from '../../../../src/prover/witness/evm/evm-source.ts';
import type { EvmInputs, FrameInput, MemoryInput } from '../../../../src/prover/witness/evm/frame-inputs.ts';
import { frameWitness } from '../../../../src/prover/witness/evm/frame-witness.ts';
import { createSolver, type Solver, type Verdict } from '../../support/solve.ts';
import { tablesOf, traceCode } from './token.ts';

type Words = FrameInput['words'];
/** A file under circuits/ by its path. */
type Overlay = Readonly<Record<string, string>>;

/** What the solver says of a number with too many bits. */
export const OUT_OF_RANGE = /bit|range|decomposition|satisf/i;

/** One row in each table that is not named. */
export const profileWith = (sizes: Partial<EvmProfile>): EvmProfile => ({
  ...(Object.fromEntries(Object.keys(EVM_PROFILE_SMALL).map((table) => [table, 1])) as unknown as EvmProfile),
  ...sizes,
});

/** For lies about memory. */
export const MEMORY_PROFILE = profileWith({
  steps: 16,
  stack: 8,
  values: 48,
  pushInstructions: 10,
  plainInstructions: 10,
  boundary: 4,
  memory: 6,
  accesses: 10,
  windows: 12,
  merges: 3,
  copies: 6,
  memoryWords: 8,
  output: 3,
  calldata: 2,
  dataWords: 3,
  environment: 4,
});

export interface Attack {
  /** Compiles the circuit: to be awaited first. */
  readonly prepare: () => Promise<void>;
  readonly inputsOf: (code: Uint8Array, data?: Uint8Array) => Promise<EvmInputs>;
  readonly solve: (inputs: EvmInputs) => Promise<Verdict>;
  /** Row checkers and circuit reject the lie, each for the reason that is meant. */
  readonly expectRejected: (inputs: EvmInputs, checker: RegExp, circuit?: RegExp) => Promise<void>;
  /** Words under ids that are free at the end of the table. */
  readonly named: (inputs: EvmInputs, ...words: bigint[]) => { readonly inputs: EvmInputs; readonly ids: number[] };
}

export function createAttack(profile: EvmProfile, overlay?: Overlay): Attack {
  let solver: Solver;
  const solve = (inputs: EvmInputs) => solver.solve(inputs as unknown as CircuitStruct);
  return {
    async prepare() {
      solver = await createSolver(evmSource(profile, overlay));
    },
    inputsOf: async (code, data) => frameWitness(tablesOf(await traceCode(code, data)), profile),
    solve,
    async expectRejected(inputs, checker, circuit = checker) {
      expect(checkFrame(inputs, profile)).toMatch(checker);
      expect(await solve(inputs)).toMatchObject({ accepted: false, assertion: expect.stringMatching(circuit) });
    },
    named(inputs, ...words) {
      const ids = words.map((_, i) => profile.values - 1 - i);
      const limb = (limbs: readonly bigint[], of: (word: bigint) => bigint) =>
        limbs.map((known, id) => (ids.includes(id) ? of(words[ids.indexOf(id)]!) : known));
      const { hi, lo } = inputs.frame.values;
      const values = { hi: limb(hi, (word) => word / LIMB), lo: limb(lo, (word) => word % LIMB) };
      return { inputs: withFrame(inputs, { values }), ids };
    },
  };
}

export const replace = <T>(rows: readonly T[], at: number, change: Partial<T>): T[] =>
  rows.map((row, i) => (i === at ? { ...row, ...change } : row));

export const withFrame = (inputs: EvmInputs, change: Partial<FrameInput>): EvmInputs => ({
  ...inputs,
  frame: { ...inputs.frame, ...change },
});

export const withMemory = (inputs: EvmInputs, change: Partial<MemoryInput>): EvmInputs =>
  withFrame(inputs, { memory: { ...inputs.frame.memory, ...change } });

/** One row of a table of words. */
export function withWords<T extends keyof Words>(inputs: EvmInputs, table: T, row: number, cells: object): EvmInputs {
  const rows = inputs.frame.words[table].map((known, i) => (i === row ? { ...known, ...cells } : known));
  return withFrame(inputs, { words: { ...inputs.frame.words, [table]: rows } });
}
