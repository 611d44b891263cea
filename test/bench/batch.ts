/**
 * Many transfers in one batch, proven by one proof, settled on Ethereum:
 *
 *   npm run bench:batch -- --transfers 1000 [--json] [--write]        (an hour of proving; kill it at will and run it again)
 */

import { abortOnSignal } from './batch/abort-on-signal.ts';
import { readOptions, USAGE } from './batch/options.ts';
import { runBatchBench } from './batch/run-batch-bench.ts';
import { writeFigures } from './write-figures.ts';

if (process.argv.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
const options = readOptions(process.argv.slice(2));
const started = Date.now();
const say = (line: string): void =>
  console.error(`${String(Math.round((Date.now() - started) / 1000)).padStart(6)} s  ${line}`);
const interrupted = abortOnSignal();
try {
  const result = await runBatchBench(options, say, interrupted);
  if (options.write) writeFigures('batch', result);
  console.log(JSON.stringify(result, undefined, options.json ? 0 : 2));
  process.exit(0);
} catch (error) {
  if (!interrupted.aborted) throw error;
  say(`${interrupted.reason.message}; the same command goes on`);
  process.exit(130);
}
