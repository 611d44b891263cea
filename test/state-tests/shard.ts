/** One process of the runner: every n-th case of each category, its tally sent to the parent. `shard.ts index count category...` */

import { allowAllPolicy } from './allow-all-policy.ts';
import { readCases } from './fixture.ts';
import { createCaseRunner } from './run-case.ts';
import { count, emptyTally } from './tally.ts';

const [index, shards, ...categories] = process.argv.slice(2);
const folder = process.env['STATE_TESTS']!;
const runner = await createCaseRunner(allowAllPolicy());
for (const category of categories) {
  const tally = emptyTally();
  const started = performance.now();
  let position = 0;
  for (const fixture of readCases(folder, category)) {
    if (position++ % Number(shards) === Number(index)) count(tally, fixture.name, await runner.run(fixture));
  }
  tally.seconds = (performance.now() - started) / 1000;
  if (process.send === undefined) throw new Error('a shard is started by run.ts');
  process.send({ category, tally });
}
process.disconnect?.();
