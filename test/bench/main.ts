/**
 * Every bench, one after the other, and their results together:
 *
 *   npm run bench [-- --json]
 *
 * Each runs as a process of its own, so that none warms another. Some twenty minutes; a machine that does something else meanwhile spoils it.
 */

import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';

const json = process.argv.includes('--json');
const BENCHES = ['policy', 'execution', 'store', 'tree', 'event-loop', 'restart', 'throughput', 'segment'] as const;

const results: Record<string, unknown> = { machine: { cpu: cpus()[0]?.model, cores: cpus().length } };
let failed = 0;
for (const name of BENCHES) {
  if (!json) console.error(`bench: ${name}`);
  const file = join(import.meta.dirname, `${name}.ts`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...flagsOf(name)], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const start = stdout.indexOf('{');
  if (status === 0 && start >= 0) {
    results[name] = JSON.parse(stdout.slice(start)) as unknown;
  } else {
    failed += 1;
    results[name] = { failed: status, error: stderr.trim().split('\n').at(-1) };
  }
}
console.log(JSON.stringify(results, undefined, json ? 0 : 2));
process.exitCode = failed === 0 ? 0 : 1;

/** The segment's row shows beside it what was accepted in this very run. */
function flagsOf(name: (typeof BENCHES)[number]): string[] {
  if (name === 'throughput') return ['--json'];
  if (name !== 'segment') return [];
  const { acceptedPerSecond } = (results['throughput'] ?? {}) as { acceptedPerSecond?: number };
  return ['--json', ...(acceptedPerSecond === undefined ? [] : ['--accepted', String(acceptedPerSecond)])];
}
