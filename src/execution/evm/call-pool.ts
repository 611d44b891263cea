/**
 * eth_call and eth_estimateGas away from the event loop: a few threads, a bounded queue before them, and a time after which a call is cut off.
 * Gas alone does not bound the time: ten million buy a second of plain code, but some twenty of pairings.
 */

import type { Clock } from '../../base/clock.ts';
import { executionError } from '../errors.ts';
import type { CallOutcome, CallRequest, EstimateOutcome } from '../port.ts';
import type { CallKind, CallThreadOptions } from './call-messages.ts';
import { type CallScene, type CallThread, startCallThread } from './call-thread.ts';

export interface CallPoolOptions extends CallThreadOptions {
  readonly workers: number;
  /** Calls that wait for a thread; more are answered CALL_BUSY. */
  readonly queueMax: number;
  readonly timeoutMs: number;
}

/** A scene and how it is left: it is opened when a thread is free, so that nothing old is seen and nothing is held for those who wait. */
export type OpenScene = () => CallScene & { close(): void };

export interface CallPool {
  /** Rejects with CALL_BUSY, CALL_LIMIT, or what the scene throws. */
  call(request: CallRequest, open: OpenScene): Promise<CallOutcome>;
  estimateGas(request: CallRequest, open: OpenScene): Promise<EstimateOutcome>;
  close(): Promise<void>;
}

interface Job {
  readonly kind: CallKind;
  readonly request: CallRequest;
  readonly open: OpenScene;
  readonly answer: PromiseWithResolvers<CallOutcome | EstimateOutcome>;
}

export function createCallPool(options: CallPoolOptions, { clock }: { readonly clock: Clock }): CallPool {
  const { workers, queueMax, timeoutMs } = options;
  const threads = new Set<CallThread>();
  const idle: CallThread[] = [];
  const queue: Job[] = [];
  let isClosed = false;

  function take(): CallThread | undefined {
    const known = idle.pop();
    if (known !== undefined || threads.size >= workers) return known;
    const started = startCallThread(options);
    threads.add(started);
    return started;
  }

  function pump(): void {
    while (queue.length > 0) {
      const thread = take();
      if (thread === undefined) return;
      const job = queue.shift()!;
      runOn(thread, job)
        .then(job.answer.resolve, job.answer.reject)
        // Whoever was cut off has an answer already; the thread is free a little later.
        .then(() => thread.idle())
        .then(() => {
          if (thread.hasEnded) threads.delete(thread);
          else idle.push(thread);
          pump();
        });
    }
  }

  async function runOn(thread: CallThread, { kind, request, open }: Job): Promise<CallOutcome | EstimateOutcome> {
    await thread.ready;
    if (isClosed) throw executionError('CALL_BUSY', 'closing');
    const scene = open();
    const done = new AbortController();
    void clock.sleep(timeoutMs, done.signal).then(() => {
      if (!done.signal.aborted) thread.stop(executionError('CALL_LIMIT', `${timeoutMs} ms`));
    });
    try {
      return await thread.run(kind, request, scene);
    } finally {
      done.abort();
      scene.close();
    }
  }

  function submit(kind: CallKind, request: CallRequest, open: OpenScene): Promise<CallOutcome | EstimateOutcome> {
    if (isClosed || queue.length >= queueMax) return Promise.reject(executionError('CALL_BUSY'));
    const answer = Promise.withResolvers<CallOutcome | EstimateOutcome>();
    queue.push({ kind, request, open, answer });
    pump();
    return answer.promise;
  }

  return {
    call: (request, open) => submit('call', request, open) as Promise<CallOutcome>,
    estimateGas: (request, open) => submit('estimateGas', request, open) as Promise<EstimateOutcome>,
    async close() {
      isClosed = true;
      for (const { answer } of queue.splice(0)) answer.reject(executionError('CALL_BUSY', 'closing'));
      for (const thread of threads) {
        thread.stop(executionError('CALL_BUSY', 'closing'));
        thread.end();
      }
    },
  };
}
