import { Worker } from 'node:worker_threads';
import { fromErrorMessage } from '../../base/error-message.ts';
import { PackedKeys } from '../../state/packed-writes.ts';
import type { Tree } from '../../state/port.ts';
import type { ChainIndex } from '../chain-index.ts';
import { nodeError } from '../errors.ts';
import type { FromWitnessThread, PackedLeaf, ToWitnessThread, WitnessThreadData } from './witness-messages.ts';

export interface WitnessThreadDeps {
  readonly tree: Pick<Tree, 'capture'>;
  readonly index: Pick<ChainIndex, 'encodedBlock'>;
}

/**
 * Builds the witnesses of one batch in a thread of its own. Rejects with the coded error it ran into there, with NODE_WITNESS_MEMORY past
 * `heapMbMax`, and with the signal's reason; then the thread ends at its next question. It is never ended from outside: that can bring down the
 * whole process while the thread is busy (Node 24, V8 13.6).
 */
export async function buildInThread(
  {
    blocks,
    heapMbMax,
    ...data
  }: WitnessThreadData & { readonly blocks: readonly [bigint, bigint]; readonly heapMbMax: number },
  { tree, index }: WitnessThreadDeps,
  signal: AbortSignal,
): Promise<PackedLeaf[]> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./witness-worker.ts', import.meta.url), {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: heapMbMax },
  });
  const leaves: PackedLeaf[] = [];
  const done = Promise.withResolvers<PackedLeaf[]>();
  let [next, last] = blocks;

  async function answer(message: FromWitnessThread): Promise<ToWitnessThread | undefined> {
    if (signal.aborted) return message.kind === 'block' || message.kind === 'view' ? { kind: 'stop' } : undefined;
    switch (message.kind) {
      case 'block': {
        if (next > last) return { kind: 'block', block: undefined };
        const block = await index.encodedBlock(next);
        if (block === undefined) throw nodeError('NODE_STATE_MISMATCH', `block ${next} is not in its table`);
        next += 1n;
        return { kind: 'block', block };
      }
      case 'view':
        return { kind: 'view', view: await tree.capture(data.number - 1n, [...PackedKeys.of(message.keys)]) };
      case 'leaf':
        leaves.push(message.leaf);
        return undefined;
      case 'done':
        done.resolve(leaves);
        return undefined;
      case 'failed':
        throw fromErrorMessage(message.error);
    }
  }

  worker.on('message', (message: FromWitnessThread) => {
    answer(message).then(
      (reply) => reply && worker.postMessage(reply),
      (error) => {
        done.reject(error);
        worker.postMessage({ kind: 'stop' } satisfies ToWitnessThread);
      },
    );
  });
  worker.on('error', (error) => done.reject(describe(error, data.number)));
  worker.on('exit', (code) => done.reject(new Error(`the thread for witnesses ended with code ${code}`)));
  const abort = () => done.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await done.promise;
  } finally {
    signal.removeEventListener('abort', abort);
    // A process that ends does not wait for what nobody waits for.
    worker.unref();
  }
}

const describe = (error: unknown, batch: bigint): unknown =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? nodeError('NODE_WITNESS_MEMORY', `batch ${batch}`, { cause: error })
    : error;
