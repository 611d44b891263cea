/** Compiles in a thread of its own: solc is synchronous wasm and would hold the event loop for seconds. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

interface Solc {
  version(): string;
  compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string;
}

const require = createRequire(import.meta.url);
const solc = require('solc') as Solc;

const output = solc.compile(workerData as string, {
  import(path) {
    try {
      return { contents: readFileSync(require.resolve(path), 'utf8') };
    } catch {
      return { error: `${path} is not in an installed package` };
    }
  },
});

parentPort!.postMessage(output);
