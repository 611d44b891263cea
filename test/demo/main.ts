/**
 * `npm run demo`: the whole product as a story on temporary data, driven from outside: HTTP, the `privity` command and Ethereum. Nothing of
 * `src` is imported. The last line is the result as JSON; the exit status says the same.
 */

import { readOptions, USAGE } from './options.ts';
import { createProgress } from './progress.ts';
import { runDemo } from './run-demo.ts';

const options = readOptions(process.argv.slice(2));
if (options.help) {
  console.log(USAGE);
} else {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  const progress = createProgress(process.stdout);
  const result = await runDemo(options, progress, interrupt.signal);
  if (result.error !== undefined) progress.say(`FAILED: ${result.error}`);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  // What an interrupted chapter left waiting must not keep the process.
  process.exit(result.ok ? 0 : 1);
}
