import { Worker, type WorkerOptions } from 'node:worker_threads';

/** What a message means: the end with a result, or that the thread goes on. Throwing is the end with an error. */
export type ReadMessage<Message, Result> = (message: Message) => { readonly result: Result } | undefined;

/**
 * Runs a module in a thread of its own until it has told its result, failed, ended without a word, or the signal has aborted. The thread is
 * ended in every case.
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
      void worker.terminate();
    };
    const fail = (error: unknown) => {
      end();
      reject(error);
    };
    const aborted = () => fail(signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    worker.on('message', (message: Message) => {
      try {
        const found = read(message);
        if (found === undefined) return;
        end();
        resolve(found.result);
      } catch (error) {
        fail(error);
      }
    });
    worker.once('error', fail);
    worker.once('exit', (code) => fail(new Error(`a thread ended with ${code} and without a result`)));
  });
}
