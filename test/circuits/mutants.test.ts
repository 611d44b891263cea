/** Soundness (G1): no input of an accepted witness can change alone. 300 fields chosen by a seed; `npm run mutate` takes every field. */

import { beforeAll, describe, expect, it } from 'vitest';
import { HARMLESS, sitesOf } from './support/mutants.ts';
import { MUTATED_SCENARIOS, runMutants, subjectsOf } from './support/mutation-run.ts';
import { createSolver, type Solver } from './support/solve.ts';

const SEED = Number(process.env['MUTATION_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
const FIELDS = 300;

let solvers: Record<'segment' | 'seal', Solver>;

beforeAll(async () => {
  solvers = { segment: await createSolver('segment_xs'), seal: await createSolver('seal') };
}, 300_000);

describe('mutants of accepted witnesses', () => {
  it(`are all rejected (seed ${SEED})`, async () => {
    const outcomes = await runMutants({ scenarios: MUTATED_SCENARIOS, seed: SEED, fields: FIELDS }, solvers);
    const accepted = outcomes.filter(({ assertion }) => assertion === undefined);
    const by = new Map<string, number>();
    for (const { assertion } of outcomes) by.set(assertion ?? 'accepted', (by.get(assertion ?? 'accepted') ?? 0) + 1);
    console.log(`mutants: ${outcomes.length} tried, ${outcomes.length - accepted.length} rejected, seed ${SEED}`);
    console.log(
      [...by]
        .sort(([, a], [, b]) => b - a)
        .map(([assertion, count]) => `${count}\t${assertion}`)
        .join('\n'),
    );
    expect(accepted).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(FIELDS - 2 * HARMLESS.size);
  }, 300_000);

  it('lists as harmless only inputs that exist, and they are', async () => {
    const [segment, seal] = await subjectsOf(MUTATED_SCENARIOS[0]!, solvers);
    const paths = [segment!, seal!].flatMap(({ circuit }) =>
      sitesOf(solvers[circuit].circuit).map(({ path }) => path.join('.')),
    );
    for (const path of HARMLESS.keys()) expect(paths).toContain(path);
    for (const { circuit, inputs } of [segment!, seal!]) {
      const entropy = { ...(inputs[circuit] as object), entropy: 12345n };
      expect(await solvers[circuit].solve({ ...inputs, [circuit]: entropy, vk_root: 99n })).toEqual({ accepted: true });
    }
  });
});
