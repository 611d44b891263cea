/** A thread that is asked for one result: however it ends, the asker hears of it and the thread is gone. */

import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runInThread } from '../../src/base/run-in-thread.ts';

const module = (code: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort, workerData } from 'node:worker_threads';${code}`)}`,
  );
const FOREVER = 'setInterval(() => undefined, 1000);';
const read = (message: { result?: number }) => (message.result === undefined ? undefined : { result: message.result });

describe('a thread', () => {
  it('gives its result, whatever it says before, and is ended though it would go on', async () => {
    const code = `parentPort.postMessage({}); parentPort.postMessage({ result: workerData + 1 }); ${FOREVER}`;
    expect(await runInThread(module(code), { workerData: 1 }, read)).toBe(2);
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
    await expect(runInThread(module(`parentPort.postMessage(1); ${FOREVER}`), {}, refuse)).rejects.toThrow('not that');
  });

  it('is not begun for who has gone, and ended for who goes', async () => {
    const stop = new AbortController();
    const running = runInThread(module(FOREVER), {}, read, stop.signal);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await expect(runInThread(module('process.exit(1)'), {}, read, stop.signal)).rejects.toThrow('enough');
  });

  it('leaves nothing on the signal', async () => {
    const { signal } = new AbortController();
    await runInThread(module('parentPort.postMessage({ result: 1 })'), {}, read, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
