/** The harness sees a missing constraint, one for each table: with it taken out, a mutant that the whole circuit rejects is accepted. */

import { beforeAll, describe, expect, it } from 'vitest';
import type { CircuitStruct, CircuitValue } from '../../../src/prover/witness/circuit-value.ts';
import { evmSource } from '../../../src/prover/witness/evm/evm-source.ts';
import { replaceIn } from '../support/mutants.ts';
import { createSolver, type Solver } from '../support/solve.ts';
import { sourceWith } from '../support/source-with.ts';
import { buildSample, type Sample } from './support/sample.ts';

let sample: Sample;
let whole: Solver;

beforeAll(async () => {
  sample = await buildSample(1);
  whole = await createSolver(evmSource(sample.profile));
}, 300_000);

async function weakened(file: string, constraint: string): Promise<Solver> {
  return createSolver(evmSource(sample.profile, await sourceWith(`evm/src/${file}`, constraint, '')));
}

type Plant = readonly [
  table: string,
  file: string,
  constraint: string,
  path: () => string,
  value: (sample: Sample) => CircuitValue,
];

const firstUnused = (rows: readonly { readonly used: boolean }[]): number => rows.findIndex(({ used }) => !used);

/** Nothing reads the word behind it afterwards. */
const lastAlignedWrite = (): number =>
  sample.inputs.frame.memory.accesses.findLastIndex(({ aligned, write }) => aligned && write);

const PLANTS: readonly Plant[] = [
  [
    'values',
    'values.nr',
    'self.hi[i].assert_max_bit_size::<128>();',
    () => `frame.values.hi.${sample.profile.values - 1}`,
    () => 2n ** 128n,
  ],
  [
    'arithmetic',
    'values.nr',
    'assert(inverse * zero == 0, "zero test: inverse of zero");',
    () => `frame.arithmetic.${sample.profile.arithmetic - 1}.inverse`,
    () => 5n,
  ],
  [
    'flow',
    'flow.nr',
    'assert((1 - used) * (a + b + next) == 0, "flow: unused row");',
    () => `frame.flow.${sample.profile.flow - 1}.a`,
    () => 1,
  ],
  [
    'gas',
    'gas.nr',
    'assert((1 - used) * (a + b + result) == 0, "gas: unused row");',
    () => `frame.gas.${sample.profile.gas - 1}.a`,
    () => 1,
  ],
  [
    'boundary',
    'frame.nr',
    'assert(pointers[TABLE_BOUNDARY] == start[TABLE_BOUNDARY] + used.boundary, "boundary: rows left over");',
    () => `frame.boundary.${firstUnused(sample.inputs.frame.boundary)}`,
    () => ({ used: true, op: 0x20, a: 0, b: 0, next: 0, result: 0, cost: 0 }),
  ],
  [
    'memory',
    'memory.nr',
    'assert((1 - moved) * higher == 0, "memory: higher source of no copy");',
    () => 'frame.memory.requests.0.higher',
    () => true,
  ],
  [
    'accesses',
    'accesses.nr',
    'assert(aligned * (new1 - old1) == 0, "access: the word behind it");',
    () => `frame.memory.accesses.${lastAlignedWrite()}.new1`,
    () => 1,
  ],
  [
    'windows',
    'windows.nr',
    'assert((1 - used) * (old0 + old1 + new0 + new1 + value + byte) == 0, "window: unused row");',
    () => `frame.memory.windows.${sample.profile.windows - 1}.t`,
    () => 3,
  ],
  [
    'merges',
    'merges.nr',
    'assert((1 - used) * (byte + low + t + s + o + v) == 0, "merge: unused row");',
    () => `frame.memory.merges.${sample.profile.merges - 1}.t`,
    () => 3,
  ],
  [
    'copies',
    'copies.nr',
    'assert(self.place as Field == data * self.source as Field, "copy: place in call data");',
    () => `frame.memory.copies.${sample.profile.copies - 1}.place`,
    () => 1,
  ],
  [
    'calldata',
    'calldata.nr',
    'assert((1 - used) * (a + b + result + row.index as Field) == 0, "calldata: unused row");',
    () => `frame.calldata.${sample.profile.calldata - 1}.b`,
    () => 1,
  ],
  [
    'environment',
    'environment.nr',
    'assert((1 - used) * (pc + op + a + b + next + slot + result) == 0, "environment: unused row");',
    () => `frame.environment.${sample.profile.environment - 1}.a`,
    () => 1,
  ],
  [
    'output',
    'frame.nr',
    'assert((1 - used) * output[i].word as Field == 0, "output: unused word");',
    () => `frame.memory.output.${sample.profile.output - 1}.word`,
    () => sample.inputs.frame.values.lo.lastIndexOf(0n),
  ],
  [
    'products',
    'product.nr',
    'assert(carry2 == keep * values.hi[self.h], "product: highest limb");',
    () => `frame.values.hi.${sample.inputs.frame.words.products.find(({ plain, h }) => plain && h > 1)!.h}`,
    () => 1n,
  ],
  [
    'amounts',
    'amount.nr',
    'assert((1 - used) * (amount + power + over + carry) == 0, "amount: unused row");',
    () => `frame.words.amounts.${sample.profile.amounts - 1}.over`,
    () => sample.profile.values - 1,
  ],
  [
    'powers',
    'power.nr',
    'assert((1 - goes_on) * (high + carry) == 0, "power: a product that is not asked for");',
    () => `frame.words.powers.${sample.profile.powers - 1}.carry`,
    () => true,
  ],
  [
    'signs',
    'sign.nr',
    'assert((1 - negative) * (carry_lo + carry_hi) == 0, "sign: a carry without a sum");',
    () => `frame.words.signs.${sample.profile.signs - 1}.carry_lo`,
    () => true,
  ],
  [
    'bitwise',
    'bitwise.nr',
    'assert((1 - used) * (a + b + result) == 0, "bitwise: unused row");',
    () => `frame.words.bitwise.${sample.profile.bitwise - 1}.a`,
    () => sample.profile.values - 1,
  ],
  [
    'muldiv',
    'muldiv.nr',
    'assert((1 - used) * (a + b + y + result + other) == 0, "muldiv: unused row");',
    () => `frame.words.muldiv.${sample.profile.muldiv - 1}.result`,
    () => 1,
  ],
  [
    'signed',
    'signed.nr',
    'assert((1 - shifts) * (self.high as Field) == 0, "signed: high word without a shift");',
    () => `frame.words.signed.${sample.inputs.frame.words.signed.findIndex(({ sdiv }) => sdiv)}.high`,
    () => 1,
  ],
  [
    'modular',
    'modular.nr',
    'assert((1 - used) * cells == 0, "modular: unused row");',
    () => `frame.words.modular.${sample.profile.modular - 1}.spare`,
    () => 1,
  ],
  [
    'exp',
    'exp.nr',
    'assert(facts[row.power] == fact(used * FACT_POWER, a, b, result, 0, 0), "exp: power");',
    () => 'frame.words.exp.0.power',
    () => 0,
  ],
  [
    'code',
    'code.nr',
    'assert(root_of(hash, path, page.siblings) == root, "code: page");',
    () => 'frame.pages.0.siblings.3',
    () => 1n,
  ],
  [
    'steps',
    'steps.nr',
    'assert(step.b as Field == top - DEPTH_B[op], "step: cell B");',
    () => `frame.steps.${sample.profile.steps - 1}.b`,
    () => 0,
  ],
];

describe('a circuit without one constraint', () => {
  it.each(PLANTS)(
    'of %s accepts what the whole circuit rejects',
    async (_table, file, constraint, path, value) => {
      const mutant = replaceIn(sample.inputs as unknown as CircuitStruct, path(), value(sample));
      expect(await whole.solve(mutant)).toMatchObject({ accepted: false });
      expect(await (await weakened(file, constraint)).solve(mutant)).toEqual({ accepted: true });
    },
    300_000,
  );
});
