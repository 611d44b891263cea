/**
 * `npm run test:state`: every official state test of the folder STATE_TESTS, on our engine and our leaves. Prints a row a category; the last
 * line is JSON. Exit status 1 on any failure, and when nothing ran.
 */

import { allowAllPolicy } from './allow-all-policy.ts';
import { categoriesIn, readCases } from './fixture.ts';
import { createCaseRunner } from './run-case.ts';

interface Counts {
  cases: number;
  run: number;
  passed: number;
  refusedAsExpected: number;
  nativeToo: number;
  skipped: Record<string, number>;
}

const failuresShownMax = 50;

const emptyCounts = (): Counts => ({ cases: 0, run: 0, passed: 0, refusedAsExpected: 0, nativeToo: 0, skipped: {} });

async function main(folder: string, only: readonly string[]): Promise<boolean> {
  const categories = categoriesIn(folder).filter((name) => only.length === 0 || only.includes(name));
  const runner = await createCaseRunner(allowAllPolicy());
  const total = emptyCounts();
  const failures: string[] = [];
  const started = performance.now();
  for (const category of categories) {
    const counts = emptyCounts();
    const categoryStarted = performance.now();
    for (const fixture of readCases(folder, category)) {
      counts.cases += 1;
      const outcome = await runner.run(fixture);
      if (outcome.kind === 'skipped') {
        counts.skipped[outcome.reason] = (counts.skipped[outcome.reason] ?? 0) + 1;
        continue;
      }
      counts.run += 1;
      if (outcome.kind === 'failed') {
        failures.push(`${fixture.name}: ${outcome.detail}`);
        continue;
      }
      counts.passed += 1;
      if (outcome.refused) counts.refusedAsExpected += 1;
      if (outcome.native) counts.nativeToo += 1;
    }
    const seconds = ((performance.now() - categoryStarted) / 1000).toFixed(1);
    const skipped = Object.entries(counts.skipped).map(([reason, count]) => `${count} skipped: ${reason}`);
    console.log(
      [
        `${category}: ${counts.cases} cases, ${counts.run} run, ${counts.passed} passed`,
        ...skipped,
        `${seconds} s`,
      ].join(', '),
    );
    total.cases += counts.cases;
    total.run += counts.run;
    total.passed += counts.passed;
    total.refusedAsExpected += counts.refusedAsExpected;
    total.nativeToo += counts.nativeToo;
    for (const [reason, count] of Object.entries(counts.skipped)) {
      total.skipped[reason] = (total.skipped[reason] ?? 0) + count;
    }
  }
  for (const failure of failures.slice(0, failuresShownMax)) console.log(`FAILED ${failure}`);
  if (failures.length > failuresShownMax) console.log(`... and ${failures.length - failuresShownMax} more`);
  const ok = failures.length === 0 && total.run > 0;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(JSON.stringify({ ok, ...total, failed: failures.length, seconds }));
  return ok;
}

const folder = process.env['STATE_TESTS'];
if (folder === undefined || folder === '') {
  console.log('STATE_TESTS is not set: it names a folder of official Ethereum state tests. NOTHING was run.');
  console.log(JSON.stringify({ ok: false, cases: 0, run: 0, passed: 0, failed: 0 }));
  process.exitCode = 1;
} else {
  process.exitCode = (await main(folder, process.argv.slice(2))) ? 0 : 1;
}
