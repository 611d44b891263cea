/**
 * Many transfers in one batch, proven by one proof, settled on Ethereum:
 *
 *   npm run bench:batch -- --transfers 1000 [--json]        (hours of proving; kill it at will and run it again)
 */

import { readOptions, USAGE } from './batch/options.ts';
import { runBatchBench } from './batch/run-batch-bench.ts';

if (process.argv.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
const options = readOptions(process.argv.slice(2));
const started = Date.now();
const say = (line: string): void =>
  console.error(`${String(Math.round((Date.now() - started) / 1000)).padStart(6)} s  ${line}`);
const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => abort.abort(new Error(`stopped by ${name}; the same command goes on`)));
}
try {
  const result = await runBatchBench(options, say, abort.signal);
  console.log(JSON.stringify(result, undefined, options.json ? 0 : 2));
  process.exit(0);
} catch (error) {
  if (!abort.signal.aborted) throw error;
  say(abort.signal.reason.message);
  process.exit(130);
}
