/**
 * `npm run test:recursion`: every mutant through prove and the L1 bytecode, about 25 minutes on two cores. Resumable: what was found for these
 * keys stands in the cache folder and is not run again. `--limit n` runs at most n new ones and then stops (exit status 2). Exit status 1 when
 * any mutant is accepted or the unchanged run is not.
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheDirectory } from '../prover-cache.ts';
import { MUTANTS, type MutantResult, UNCHANGED } from './mutants.ts';
import { openRecursion } from './recursion.ts';

const r = await openRecursion();
const folder = join(cacheDirectory, 'long-runs');
const path = join(folder, `recursion-${r.keys.vkRoot.toString(16).slice(0, 16)}.json`);
await mkdir(folder, { recursive: true });
const found = JSON.parse(await readFile(path, 'utf8').catch(() => '{}')) as Record<string, MutantResult>;

const { values } = parseArgs({ options: { limit: { type: 'string' } } });
let left = Number(values.limit ?? MUTANTS.length + 1);

for (const mutant of [UNCHANGED, ...MUTANTS]) {
  const started = performance.now();
  if (found[mutant.name] === undefined) {
    if (left-- <= 0) {
      console.log('stopped at the limit; run again to go on');
      process.exit(2);
    }
    found[mutant.name] = await mutant.run(r);
    await writeFile(path, `${JSON.stringify(found, null, 2)}\n`);
  }
  const { refusedBy, l1Accepts } = found[mutant.name]!;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${mutant.name}: refused by ${refusedBy}, L1 ${l1Accepts ? 'accepts' : 'rejects'} (${seconds} s)`);
}

const control = found[UNCHANGED.name]!;
const accepted = MUTANTS.filter(({ name }) => found[name]!.l1Accepts || found[name]!.refusedBy === 'nothing');
const sound = accepted.length === 0 && control.l1Accepts && control.refusedBy === 'nothing';
console.log(
  `${MUTANTS.length - accepted.length} of ${MUTANTS.length} mutants rejected, unchanged ${control.l1Accepts ? 'accepted' : 'REJECTED'}`,
);
for (const { name } of accepted) console.log(`ACCEPTED: ${name}`);
process.exitCode = sound ? 0 : 1;
