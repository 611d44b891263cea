import type { MessagePort } from 'node:worker_threads';

/** What `runInThread` and its like say to a thread whose work nobody waits for any more. */
export const STOP = 'stop';

/** In a thread: aborts when it is told to stop, which it hears where it gives up its turn. Does not keep the thread alive. */
export function stopSignal(port: MessagePort): AbortSignal {
  const stop = new AbortController();
  port.on('message', (message: unknown) => {
    if (message === STOP) stop.abort(new Error('nobody waits for this thread'));
  });
  port.unref();
  return stop.signal;
}
