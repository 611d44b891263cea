import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';

/** Resolves when a thread has ended, whenever that was and for whatever reason. */
export async function hasExited(worker: Worker): Promise<void> {
  const ended = -1;
  if (worker.threadId !== ended) await once(worker, 'exit').catch(() => hasExited(worker));
}
