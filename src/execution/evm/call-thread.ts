/**
 * The main thread's end of a thread that runs calls: hands over one job at a time and answers what the job asks. A run is stopped by a signal that
 * it looks at, never by `terminate`: ending a busy thread from outside can bring down the whole process (Node 24, V8 13.6).
 */

import { MessageChannel, Worker } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { executionError } from '../errors.ts';
import type { BlockContext, CallOutcome, CallRequest, EstimateOutcome, JudgeFrame, StateReader } from '../port.ts';
import {
  type Answer,
  type CallJob,
  type CallKind,
  type CallReply,
  type CallThreadData,
  type CallThreadOptions,
  type Question,
  SIGNAL,
} from './call-messages.ts';

/** What a call sees, all of one block. */
export interface CallScene {
  readonly state: StateReader;
  readonly block: BlockContext;
  readonly judge: JudgeFrame;
}

export interface CallThread {
  /** Rejects when it cannot start. */
  readonly ready: Promise<void>;
  readonly hasEnded: boolean;
  /** One at a time. Rejects with what a question ran into, or with the reason of `stop`. */
  run(kind: CallKind, request: CallRequest, scene: CallScene): Promise<CallOutcome | EstimateOutcome>;
  /** Makes the run reject at once, and end at its next question or JUMPDEST. */
  stop(reason: Error): void;
  /** Resolves when no run is on: a stopped one may still be in a precompile. */
  idle(): Promise<void>;
  /** Ends the thread when it is idle. */
  end(): void;
}

/** Distinct leaves, block hashes and frames that one call may ask for: 10 million gas pay for some 5,000 cold reads. */
const questionsMax = 10_000;

interface Run {
  readonly scene: CallScene;
  readonly outcome: PromiseWithResolvers<CallOutcome | EstimateOutcome>;
  readonly over: PromiseWithResolvers<void>;
  asked: number;
  failure: unknown;
}

export function startCallThread(options: CallThreadOptions): CallThread {
  const { port1: questions, port2 } = new MessageChannel();
  const signals = new Int32Array(new SharedArrayBuffer(8));
  const workerData: CallThreadData = { ...options, questions: port2, signals };
  const worker = new Worker(new URL('./call-worker.ts', import.meta.url), { workerData, transferList: [port2] });
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined);
  let running: Run | undefined;
  let ended: unknown;

  const close = (reason: unknown): void => {
    if (ended !== undefined) return;
    ended = reason;
    questions.close();
    ready.reject(reason);
    running?.outcome.reject(reason);
    running?.over.resolve();
    running = undefined;
  };
  worker.on('error', close);
  worker.on('exit', (code) => close(new Error(`a thread for calls ended with code ${code}`)));
  worker.on('message', (reply: CallReply) => {
    if (reply.kind === 'ready') return ready.resolve();
    const run = running;
    assert(run !== undefined, 'a reply belongs to a run');
    running = undefined;
    if (reply.kind === 'done') run.outcome.resolve(reply.outcome);
    else run.outcome.reject(run.failure);
    run.over.resolve();
  });
  questions.on('message', (question: Question) => {
    const answer = answerTo(question, running);
    questions.postMessage(answer);
    Atomics.store(signals, SIGNAL.ANSWERED, 1);
    Atomics.notify(signals, SIGNAL.ANSWERED);
  });

  return {
    ready: ready.promise,
    get hasEnded() {
      return ended !== undefined;
    },
    run(kind, request, scene) {
      assert(running === undefined, 'one call at a time');
      if (ended !== undefined) return Promise.reject(ended);
      const { blockHash: _, ...block } = scene.block;
      const [outcome, over] = [Promise.withResolvers<CallOutcome | EstimateOutcome>(), Promise.withResolvers<void>()];
      running = { scene, outcome, over, asked: 0, failure: undefined };
      Atomics.store(signals, SIGNAL.STOP, 0);
      worker.postMessage({ kind, block, request } satisfies CallJob);
      return outcome.promise;
    },
    stop(reason) {
      if (running === undefined) return;
      running.failure = reason;
      running.outcome.reject(reason);
      Atomics.store(signals, SIGNAL.STOP, 1);
    },
    idle: async () => running?.over.promise,
    end() {
      // It has nothing that must be finished: a process that ends does not wait for it.
      worker.unref();
      questions.unref();
      worker.postMessage('end');
    },
  };
}

function answerTo(question: Question, run: Run | undefined): Answer {
  try {
    assert(run !== undefined, 'a question belongs to a run');
    if (run.failure !== undefined) return { stop: true };
    run.asked += 1;
    if (run.asked > questionsMax) throw executionError('CALL_LIMIT', `${questionsMax} questions`);
    return { value: look(question, run.scene) };
  } catch (error) {
    if (run !== undefined) run.failure = error;
    return { stop: true };
  }
}

function look(question: Question, { state, block, judge }: CallScene) {
  switch (question.kind) {
    case 'state':
      return state.get(question.key);
    case 'block-hash':
      return block.blockHash(question.number);
    case 'judge':
      return judge(question.frame);
  }
}
