/** A thread that is asked for one result: however it ends, the asker hears of it and the thread is gone. */

import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { runInThread } from '../../src/base/run-in-thread.ts';

const module = (code: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort, workerData } from 'node:worker_threads';${code}`)}`,
  );
const stopSignal = new URL('../../src/base/stop-signal.ts', import.meta.url).href;
/** Goes on until it is told to stop, and then says so in shared memory. */
const FOREVER = `
  const { stopSignal } = await import(${JSON.stringify(stopSignal)});
  const going = setInterval(() => undefined, 1000);
  stopSignal(parentPort).addEventListener('abort', () => {
    clearInterval(going);
    if (workerData instanceof Int32Array) Atomics.store(workerData, 0, 1);
  });`;
/** Holds its turn until it has seen the main thread go on. */
const BUSY = `while (Atomics.load(workerData, 0) === 0); Atomics.store(workerData, 1, 1);`;
const read = (message: { result?: number }) => (message.result === undefined ? undefined : { result: message.result });

describe('a thread', () => {
  it('gives its result, whatever it says before, and is told to end when it would go on', async () => {
    const ended = new Int32Array(new SharedArrayBuffer(4));
    const code = `${FOREVER} parentPort.postMessage({}); parentPort.postMessage({ result: 2 });`;
    expect(await runInThread(module(code), { workerData: ended }, read)).toBe(2);
    await vi.waitFor(() => expect(ended[0]).toBe(1), 30_000);
  });

  it.each([
    ['throws', `throw new RangeError('too far')`, /too far/],
    ['ends without a word', `process.exit(3)`, /ended with 3/],
    ['ends by itself', '', /ended with 0/],
    ['does not load', `import './nothing.js'`, /./],
  ])('that %s fails', async (_what, code, message) => {
    await expect(runInThread(module(code), {}, read)).rejects.toThrow(message);
  });

  it('whose message is refused fails with the refusal', async () => {
    const refuse = () => {
      throw new TypeError('not that');
    };
    await expect(runInThread(module(`${FOREVER} parentPort.postMessage(1);`), {}, refuse)).rejects.toThrow('not that');
  });

  it('is not begun for who has gone, and ended for who goes', async () => {
    const stop = new AbortController();
    const running = runInThread(module(FOREVER), {}, read, stop.signal);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await expect(runInThread(module('process.exit(1)'), {}, read, stop.signal)).rejects.toThrow('enough');
  });

  it('that is busy is not waited for, and not ended from outside', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(8));
    const stop = new AbortController();
    const running = runInThread(module(BUSY), { workerData: shared }, read, stop.signal);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(shared[1]).toBe(0);
    Atomics.store(shared, 0, 1);
    await vi.waitFor(() => expect(shared[1]).toBe(1), 30_000);
  });

  it('leaves nothing on the signal', async () => {
    const { signal } = new AbortController();
    await runInThread(module('parentPort.postMessage({ result: 1 })'), {}, read, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
