/** Makes string, circuits and keys, or takes them from the cache, in a thread of its own. */

import { Worker } from 'node:worker_threads';
import { isProverErrorCode, proverError } from '../errors.ts';
import type { PrepareProgress } from '../port.ts';
import type { KeySet } from './make-keys.ts';
import type { BackendSettings } from './open-backend.ts';
import type { PrepareMessage } from './prepare-worker.ts';

/**
 * Minutes the first time, seconds afterwards. An abort ends the thread; the process it may have started ends within its own limits and
 * leaves the cache whole.
 */
export function prepareKeys(
  settings: BackendSettings,
  progress: (progress: PrepareProgress) => void,
  signal?: AbortSignal,
): Promise<KeySet> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    // The compiler prints a line a circuit with its temporary path; progress says it better.
    const quiet = { stdout: true } as const;
    const worker = new Worker(new URL('./prepare-worker.ts', import.meta.url), { workerData: settings, ...quiet });
    const settle = () => {
      signal?.removeEventListener('abort', aborted);
      void worker.terminate();
    };
    const aborted = () => {
      settle();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', aborted, { once: true });
    worker.on('message', (message: PrepareMessage) => {
      if ('progress' in message) {
        progress(message.progress);
        return;
      }
      settle();
      if ('keys' in message) resolve(message.keys);
      else reject(errorOf(message.failure));
    });
    worker.once('error', (error) => {
      settle();
      reject(error);
    });
  });
}

const errorOf = ({ code, text }: { readonly code: string; readonly text: string }) =>
  isProverErrorCode(code) ? proverError(code, text) : proverError('PREPARE_FAILED', text);
