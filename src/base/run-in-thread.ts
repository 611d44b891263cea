import { Worker, type WorkerOptions } from 'node:worker_threads';
import { STOP } from './stop-signal.ts';

/** What a message means: the end with a result, or that the thread goes on. Throwing is the end with an error. */
export type ReadMessage<Message, Result> = (message: Message) => { readonly result: Result } | undefined;

/**
 * Runs a module in a thread of its own until it has told its result, failed, ended without a word, or the signal has aborted. The thread ends by
 * itself: when it has told its result, or soon after it is told to stop (`stopSignal`) if its work is long. It is never ended from outside, which
 * can bring down the whole process while it is busy (Node 24, V8 13.6); the process does not wait for it.
 */
export function runInThread<Message, Result>(
  module: URL,
  options: Pick<WorkerOptions, 'workerData' | 'stdout'>,
  read: ReadMessage<Message, Result>,
  signal?: AbortSignal,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const worker = new Worker(module, options);
    const end = () => {
      signal?.removeEventListener('abort', aborted);
      worker.off('message', hear);
      worker.unref();
      worker.postMessage(STOP);
    };
    const fail = (error: unknown) => {
      end();
      reject(error);
    };
    const aborted = () => fail(signal?.reason);
    const hear = (message: Message) => {
      try {
        const found = read(message);
        if (found === undefined) return;
        end();
        resolve(found.result);
      } catch (error) {
        fail(error);
      }
    };
    signal?.addEventListener('abort', aborted, { once: true });
    worker.on('message', hear);
    worker.once('error', fail);
    worker.once('exit', (code) => fail(new Error(`a thread ended with ${code} and without a result`)));
  });
}
