/** Worker thread of `prepare-keys.ts`: the compilers are synchronous wasm and would hold the event loop for minutes. */

import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { isPrivityError } from '../../base/errors.ts';
import { stopSignal } from '../../base/stop-signal.ts';
import { CIRCUIT_SOURCES } from '../compile.ts';
import type { PrepareProgress } from '../port.ts';
import { DEVELOPMENT_CHAIN_ID, INNER_CIRCUITS } from './circuit-set.ts';
import { type KeySet, makeKeys } from './make-keys.ts';
import { type BackendSettings, openBackend, openPreparedString } from './open-backend.ts';

export type PrepareMessage =
  | { readonly progress: PrepareProgress }
  | { readonly keys: KeySet }
  | { readonly failure: { readonly code: string; readonly text: string } };

assert(parentPort !== null, 'runs as a worker thread');
const port = parentPort;
const settings = workerData as BackendSettings;
const signal = stopSignal(port);
const post = (message: PrepareMessage) => port.postMessage(message);

try {
  const string = await openPreparedString(settings, {
    workers: settings.limits.threads,
    signal,
    progress: (done, total) => post({ progress: { stage: 'string', what: 'development string', done, total } }),
  });
  const keys = await makeKeys({
    backend: openBackend(settings, string),
    cacheDirectory: settings.cacheDirectory,
    circuits: INNER_CIRCUITS,
    wrap: CIRCUIT_SOURCES.wrap,
    developmentChainId: DEVELOPMENT_CHAIN_ID,
    signal,
    progress: (progress) => post({ progress }),
  });
  post({ keys });
} catch (error) {
  // An error's class does not survive the way to another thread; its code does.
  const text = error instanceof Error ? error.message : String(error);
  post({ failure: { code: isPrivityError(error) ? error.code : 'PREPARE_FAILED', text } });
}
