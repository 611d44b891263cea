/** npm run test:interference [-- --requests 10000 --seed SEED]: the comparison in length; ends with 1 at the first difference. */

import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { compareWorlds } from './compare-worlds.ts';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '10000' }, seed: { type: 'string' } },
});
const requests = Number(values.requests);
if (!Number.isSafeInteger(requests) || requests < 1 || requests > 1_000_000) {
  console.error('--requests wants a number from 1 to 1000000');
  process.exit(2);
}
const seed = values.seed ?? randomBytes(6).toString('hex');
console.log(`interference: seed ${seed}, ${requests} requests`);
const report = (done: number) => {
  if (done % 1_000 === 0) console.log(`${done} requests`);
};
// Blocks are made less often as in the short test: the chains stay small, and so does the run.
const { counts, difference, requests: asked } = await compareWorlds({ seed, requests, requestsPerRound: 100, report });
for (const [kind, count] of [...counts].sort()) console.log(`${String(count).padStart(7)}  ${kind}`);
if (difference === undefined) {
  console.log(`interference: ${asked} requests answered the same, ${counts.size} kinds of answers, seed ${seed}`);
} else {
  console.error(`interference: request ${difference.at} of seed ${seed} is answered differently`);
  console.error(JSON.stringify(difference.request, undefined, 2));
  for (const answer of difference.answers) console.error(`\n${answer}`);
  process.exitCode = 1;
}
