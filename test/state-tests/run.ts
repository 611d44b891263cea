/**
 * `npm run test:state [category...]`: every official state test of the folder STATE_TESTS, on our engine and our leaves, in
 * STATE_TESTS_PROCESSES processes (2). Prints a row a category; the last line is JSON. Exit status 1 on any failure, and when nothing ran.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { categoriesIn } from './fixture.ts';
import { add, emptyTally, type Tally } from './tally.ts';

const failuresShownMax = 50;
const SHARD = fileURLToPath(new URL('shard.ts', import.meta.url));

async function main(folder: string, only: readonly string[], shards: number): Promise<boolean> {
  const categories = categoriesIn(folder).filter((name) => only.length === 0 || only.includes(name));
  const byCategory = new Map<string, { tally: Tally; reports: number }>();
  let done = 0;
  const started = performance.now();
  const exits = Array.from({ length: shards }, async (_, index) => {
    const child = fork(SHARD, [String(index), String(shards), ...categories]);
    child.on('message', (message) => {
      const { category, tally } = message as { category: string; tally: Tally };
      const entry = byCategory.get(category) ?? { tally: emptyTally(), reports: 0 };
      byCategory.set(category, entry);
      add(entry.tally, tally);
      entry.reports += 1;
      if (entry.reports < shards) return;
      done += 1;
      console.log(`[${done}/${categories.length}] ${row(category, entry.tally)}`);
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0;
  });
  const allExited = (await Promise.all(exits)).every(Boolean);
  const total = emptyTally();
  for (const { tally } of byCategory.values()) add(total, tally);
  const { failures, ...counts } = total;
  for (const failure of failures.slice(0, failuresShownMax)) console.log(`FAILED ${failure}`);
  if (failures.length > failuresShownMax) console.log(`... and ${failures.length - failuresShownMax} more`);
  const complete = allExited && done === categories.length;
  if (!complete) console.log('A process of the runner ended early: the counts are not complete.');
  const ok = complete && failures.length === 0 && total.run > 0;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(JSON.stringify({ ok, ...counts, failed: failures.length, seconds }));
  return ok;
}

function row(category: string, { cases, run, passed, failures, skipped, seconds }: Tally): string {
  const reasons = Object.entries(skipped).map(([reason, count]) => `${count} skipped (${reason})`);
  const failed = failures.length === 0 ? [] : [`${failures.length} FAILED`];
  const parts = [`${cases} cases`, `${run} run`, `${passed} passed`, ...failed, ...reasons, `${seconds.toFixed(1)} s`];
  return `${category}: ${parts.join(', ')}`;
}

const folder = process.env['STATE_TESTS'];
if (folder === undefined || folder === '') {
  console.log('STATE_TESTS is not set: it names a folder of official Ethereum state tests. NOTHING was run.');
  console.log(JSON.stringify({ ok: false, cases: 0, run: 0, passed: 0, failed: 0 }));
  process.exitCode = 1;
} else {
  const shards = Number(process.env['STATE_TESTS_PROCESSES'] ?? 2);
  process.exitCode = (await main(folder, process.argv.slice(2), shards)) ? 0 : 1;
}
