/** A thread that runs eth_call and eth_estimateGas, one at a time. It has no state: it asks the main thread, and stands still until it knows. */

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import type { Word } from '../../chain/word.ts';
import type { BlockContext, JudgeFrame, StateReader } from '../port.ts';
import {
  type Answer,
  type CallJob,
  type CallReply,
  type CallThreadData,
  type Question,
  SIGNAL,
} from './call-messages.ts';
import { createEvmEngine } from './evm-engine.ts';

assert(parentPort !== null, 'calls run in a thread of their own');
const port = parentPort;
const { chainId, callGasMax, questions, signals, ...bridge } = workerData as CallThreadData;

/** The run ends: the main thread will not answer. */
class Stopped extends Error {}

function ask(question: Question): unknown {
  Atomics.store(signals, SIGNAL.ANSWERED, 0);
  questions.postMessage(question);
  // Until it is answered: the waking call of the answer before may come late and end a wait for this one.
  while (Atomics.load(signals, SIGNAL.ANSWERED) === 0) Atomics.wait(signals, SIGNAL.ANSWERED, 0);
  const answer = receiveMessageOnPort(questions)?.message as Answer | undefined;
  assert(answer !== undefined, 'the answer was sent before it was announced');
  if ('stop' in answer) throw new Stopped();
  return answer.value;
}

function interrupt(): void {
  if (Atomics.load(signals, SIGNAL.STOP) === 1) throw new Stopped();
}

/** The same question is asked once a run: all answers are of one block. */
function once<Key, Value>(nameOf: (key: Key) => unknown, question: (key: Key) => Question): (key: Key) => Value {
  const known = new Map<unknown, Value>();
  return (key) => {
    const name = nameOf(key);
    if (!known.has(name)) known.set(name, ask(question(key)) as Value);
    return known.get(name)!;
  };
}

const engine = await createEvmEngine(
  { chainId, callGasMax, systemViews: bridge },
  { codes: { get: () => undefined }, interrupt },
);

async function run({ kind, block, request }: CallJob): Promise<CallReply> {
  const state: StateReader = {
    get: once<bigint, Word>(
      (key) => key,
      (key) => ({ kind: 'state', key }),
    ),
  };
  const blockHash: BlockContext['blockHash'] = once(
    (number) => number,
    (number) => ({ kind: 'block-hash', number }),
  );
  const judge: JudgeFrame = once(
    ({ data, ...frame }) => [...Object.values(frame), Buffer.from(data).toString('latin1')].join(),
    (frame) => ({ kind: 'judge', frame }),
  );
  try {
    return { kind: 'done', outcome: await engine[kind](state, { ...block, blockHash }, request, judge) };
  } catch (error) {
    if (error instanceof Stopped) return { kind: 'stopped' };
    throw error;
  }
}

port.on('message', async (job: CallJob | 'end') => {
  if (job === 'end') {
    port.close();
    questions.close();
  } else port.postMessage(await run(job));
});
port.postMessage({ kind: 'ready' } satisfies CallReply);
