/** The main thread's end of a thread that runs calls: hands over one job at a time and answers what the job asks. */

import { MessageChannel, Worker } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { executionError } from '../errors.ts';
import type { BlockContext, CallOutcome, CallRequest, EstimateOutcome, JudgeFrame, StateReader } from '../port.ts';
import type {
  Answer,
  CallJob,
  CallKind,
  CallReply,
  CallThreadData,
  CallThreadOptions,
  Question,
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
  /** One at a time. Rejects with what a question ran into, or with `reason` of `end`. */
  run(kind: CallKind, request: CallRequest, scene: CallScene): Promise<CallOutcome | EstimateOutcome>;
  /** Ends the thread in the middle of whatever it does. */
  end(reason: Error): Promise<void>;
}

/** Distinct leaves, block hashes and frames that one call may ask for: 10 million gas pay for some 5,000 cold reads. */
const questionsMax = 10_000;

export function startCallThread(options: CallThreadOptions): CallThread {
  const { port1: questions, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const workerData: CallThreadData = { ...options, questions: port2, answered };
  const worker = new Worker(new URL('./call-worker.ts', import.meta.url), { workerData, transferList: [port2] });
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined);
  let running: { readonly scene: CallScene; asked: number; failure?: unknown } | undefined;
  let finish: PromiseWithResolvers<CallOutcome | EstimateOutcome> | undefined;
  let ended: unknown;

  const close = (reason: unknown): void => {
    if (ended !== undefined) return;
    ended = reason;
    questions.close();
    ready.reject(reason);
    finish?.reject(reason);
  };
  const settle = (settleWith: (run: NonNullable<typeof finish>) => void): void => {
    const [done, run] = [finish, running];
    finish = undefined;
    running = undefined;
    if (done !== undefined && run !== undefined) settleWith(done);
  };

  worker.on('error', close);
  worker.on('exit', (code) => close(new Error(`a thread for calls ended with code ${code}`)));
  worker.on('message', (reply: CallReply) => {
    if (reply.kind === 'ready') return ready.resolve();
    const failure = running?.failure;
    settle((run) => {
      if (reply.kind === 'done') run.resolve(reply.outcome);
      else run.reject(failure);
    });
  });
  questions.on('message', (question: Question) => {
    let answer: Answer;
    try {
      assert(running !== undefined, 'a question belongs to a run');
      running.asked += 1;
      if (running.asked > questionsMax) throw executionError('CALL_LIMIT', `${questionsMax} questions`);
      answer = { value: answerTo(question, running.scene) };
    } catch (error) {
      if (running !== undefined) running.failure = error;
      answer = { stop: true };
    }
    questions.postMessage(answer);
    Atomics.store(answered, 0, 1);
    Atomics.notify(answered, 0);
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
      running = { scene, asked: 0 };
      finish = Promise.withResolvers();
      worker.postMessage({ kind, block, request } satisfies CallJob);
      return finish.promise;
    },
    async end(reason) {
      close(reason);
      await worker.terminate();
    },
  };
}

function answerTo(question: Question, { state, block, judge }: CallScene) {
  switch (question.kind) {
    case 'state':
      return state.get(question.key);
    case 'block-hash':
      return block.blockHash(question.number);
    case 'judge':
      return judge(question.frame);
  }
}
