/**
 * Every input of the sample, changed alone: the row checkers reject each, and a seeded sample of them is shown to the circuit, which must say the
 * same. `EVM_MUTANTS=all` shows it every one.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import type { CircuitStruct } from '../../../src/prover/witness/circuit-value.ts';
import { checkFrame } from '../../../src/prover/witness/evm/check/frame.ts';
import { evmSource } from '../../../src/prover/witness/evm/evm-source.ts';
import type { EvmInputs } from '../../../src/prover/witness/evm/frame-inputs.ts';
import { createRandom, mutate, pathName, replaceAt, type Site, sitesOf, valueAt } from '../support/mutants.ts';
import { createSolver, type Solver } from '../support/solve.ts';
import { freeSites } from './support/free-sites.ts';
import { buildSample, type Sample } from './support/sample.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const SHOWN = process.env['EVM_MUTANTS'] === 'all' ? Number.POSITIVE_INFINITY : 150;

interface Mutant {
  readonly path: string;
  readonly free: string | undefined;
  readonly inputs: CircuitStruct;
}

let sample: Sample;
let solver: Solver;
let mutants: Mutant[];

const struct = (inputs: EvmInputs): CircuitStruct => inputs as unknown as CircuitStruct;
const verdict = ({ inputs }: Mutant) => checkFrame(inputs as unknown as EvmInputs, sample.profile);

beforeAll(async () => {
  console.log(`seed ${SEED}`);
  sample = await buildSample(1);
  solver = await createSolver(evmSource(sample.profile));
  const random = createRandom(SEED);
  const isFree = freeSites(sample.inputs);
  const inputs = struct(sample.inputs);
  mutants = sitesOf(solver.circuit).map((site: Site): Mutant => {
    const path = pathName(site.path);
    // Numbers of 32 bits are plain numbers in the row checkers.
    const value = mutate(site, valueAt(inputs, site.path), random);
    const replacement = site.type.kind === 'integer' && site.type.width <= 32 ? Number(value) : value;
    return { path, free: isFree(path), inputs: replaceAt(inputs, site.path, replacement) as CircuitStruct };
  });
}, 300_000);

describe('mutants of an accepted frame', () => {
  it('start from inputs that circuit and checkers accept', async () => {
    expect(checkFrame(sample.inputs, sample.profile)).toBeUndefined();
    expect(await solver.solve(struct(sample.inputs))).toEqual({ accepted: true });
    expect(mutants.length).toBeGreaterThan(800);
  });

  it('are rejected by the row checkers, each that is not free', () => {
    const accepted = mutants.filter((mutant) => mutant.free === undefined && verdict(mutant) === undefined);
    expect(accepted.map(({ path }) => path)).toEqual([]);
  });

  it('are judged alike by the circuit', async () => {
    const random = createRandom(SEED + 1);
    const pool = [...mutants];
    const differing: string[] = [];
    let shown = 0;
    for (; shown < SHOWN && pool.length > 0; shown++) {
      const mutant = pool.splice(Math.floor(random() * pool.length), 1)[0]!;
      const { accepted } = await solver.solve(mutant.inputs);
      if (accepted !== (verdict(mutant) === undefined)) differing.push(`${mutant.path}: circuit accepts ${accepted}`);
    }
    console.log(`${shown} of ${mutants.length} mutants shown to the circuit`);
    expect(differing).toEqual([]);
  }, 900_000);

  it('pass where the boundary is open, which is why nothing admits this circuit', async () => {
    const open = mutants.filter((mutant) => mutant.free !== undefined && verdict(mutant) === undefined);
    expect(open.length).toBeGreaterThan(0);
    expect(await solver.solve(open[0]!.inputs)).toEqual({ accepted: true });
  });
});
