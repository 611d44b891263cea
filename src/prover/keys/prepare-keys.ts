/** Makes string, circuits and keys, or takes them from the cache, in a thread of its own. */

import { runInThread } from '../../base/run-in-thread.ts';
import { isProverErrorCode, proverError } from '../errors.ts';
import type { PrepareProgress } from '../port.ts';
import type { KeySet } from './make-keys.ts';
import type { BackendSettings } from './open-backend.ts';
import type { PrepareMessage } from './prepare-worker.ts';

/**
 * Minutes the first time, seconds afterwards. An abort is answered at once; the thread ends with the circuit it compiles, a process that it has
 * started is killed, and the cache stays whole.
 */
export function prepareKeys(
  settings: BackendSettings,
  progress: (progress: PrepareProgress) => void,
  signal?: AbortSignal,
): Promise<KeySet> {
  const read = (message: PrepareMessage) => {
    if ('keys' in message) return { result: message.keys };
    if ('failure' in message) throw errorOf(message.failure);
    progress(message.progress);
    return undefined;
  };
  // The compiler prints a line a circuit with its temporary path; progress says it better.
  const options = { workerData: settings, stdout: true };
  return runInThread(new URL('./prepare-worker.ts', import.meta.url), options, read, signal);
}

const errorOf = ({ code, text }: { readonly code: string; readonly text: string }) =>
  isProverErrorCode(code) ? proverError(code, text) : proverError('PREPARE_FAILED', text);
