/** Every kind of transaction and operation is provable: witnesses from the builder solve on the segment and seal circuits (G1, G2). */

import { beforeAll, describe, expect, it } from 'vitest';
import { buildScenario, SCENARIOS } from './support/scenarios.ts';
import { createSolver, type Solver } from './support/solve.ts';
import { witnessOf } from './support/world.ts';

let segment: Solver;
let seal: Solver;

beforeAll(async () => {
  segment = await createSolver('segment_xs');
  seal = await createSolver('seal');
}, 300_000);

describe('a batch is provable', () => {
  it.each(Object.keys(SCENARIOS))('with %s', async (name) => {
    const { world, items } = buildScenario(name);
    const batch = witnessOf(world, items, ['xs']);
    let last = batch.segments[0]!.digestBefore;
    for (const witness of batch.segments) {
      expect(witness.digestBefore).toBe(last);
      expect(await segment.solve(witness.inputs)).toEqual({ accepted: true });
      last = witness.digestAfter;
    }
    expect(batch.seal.witness.digestBefore).toBe(last);
    expect(await seal.solve(batch.seal.witness.inputs)).toEqual({ accepted: true });
  });
});
