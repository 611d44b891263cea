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
const result = await runBatchBench(options, (line) =>
  console.error(`${String(Math.round((Date.now() - started) / 1000)).padStart(6)} s  ${line}`),
);
console.log(JSON.stringify(result, undefined, options.json ? 0 : 2));
process.exit(0);
