/**
 * `npm run mutate [-- --seed N] [--scenario NAME]`: every input of every scenario's segment and seal, on profile XS. About an hour and a half. Prints each accepted
 * mutant at once and, at the end, how many each assertion rejected.
 */

import { parseArgs } from 'node:util';
import { MUTATED_SCENARIOS, runMutants } from './support/mutation-run.ts';
import { createSolver } from './support/solve.ts';

const { values } = parseArgs({ options: { seed: { type: 'string' }, scenario: { type: 'string' } } });
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
const scenarios = values.scenario === undefined ? MUTATED_SCENARIOS : [values.scenario];
const solvers = { segment: await createSolver('segment_xs'), seal: await createSolver('seal') };
const by = new Map<string, number>();
let tried = 0;
let accepted = 0;
await runMutants(
  {
    scenarios,
    seed,
    onOutcome: ({ scenario, circuit, path, value, assertion }) => {
      tried += 1;
      by.set(assertion ?? 'ACCEPTED', (by.get(assertion ?? 'ACCEPTED') ?? 0) + 1);
      if (assertion === undefined) {
        accepted += 1;
        console.error(`ACCEPTED: ${scenario}, ${circuit}: ${path} = ${value}`);
      }
      if (tried % 500 === 0) console.error(`${tried} mutants, ${accepted} accepted`);
    },
  },
  solvers,
);
for (const [assertion, count] of [...by].sort(([, a], [, b]) => b - a)) console.log(`${count}\t${assertion}`);
console.log(JSON.stringify({ ok: accepted === 0, seed, tried, rejected: tried - accepted, accepted }));
process.exitCode = accepted === 0 ? 0 : 1;
