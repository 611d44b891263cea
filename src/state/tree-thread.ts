/** The main thread's end of the tree's thread: numbers requests, matches answers, and fails everything at once when the thread ends. */

import { Worker } from 'node:worker_threads';
import { hasExited } from '../base/has-exited.ts';
import { raiseState } from './errors.ts';
import type { TreeAnswers, TreeHead, TreeMessage, TreeReply, TreeRequest, TreeThreadOptions } from './tree-messages.ts';

export interface TreeThread {
  readonly head: TreeHead;
  send<Kind extends TreeRequest['kind']>(
    request: Extract<TreeRequest, { kind: Kind }>,
    transferred?: readonly ArrayBuffer[],
  ): Promise<TreeAnswers[Kind]>;
  /** Resolves after `close`; rejects with STATE_TREE_STOPPED when the thread ends by itself. */
  readonly stopped: Promise<void>;
  /** Ends the thread as if it had failed, and throws `error`. */
  fail(error: Error): Promise<never>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

const CODES = ['STATE_TREE_REFUSED', 'STATE_SNAPSHOT_INVALID', 'STATE_RECORD_INVALID'] as const;

function refusal({ code, text }: { readonly code: string; readonly text: string }): unknown {
  const known = CODES.find((one) => one === code);
  return raiseState(known ?? 'STATE_TREE_STOPPED', text);
}

export async function startTreeThread(options: TreeThreadOptions): Promise<TreeThread> {
  const worker = new Worker(new URL('./tree-worker.ts', import.meta.url), { workerData: options });
  const waiting = new Map<number, Waiting>();
  const stopped = Promise.withResolvers<void>();
  let ended: unknown;
  let isClosing = false;
  let count = 0;

  const end = (error: unknown) => {
    if (ended !== undefined) return;
    ended = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    if (isClosing) stopped.resolve();
    else stopped.reject(error);
  };
  // Whoever does not watch `stopped` learns from the next request.
  stopped.promise.catch(() => undefined);

  worker.on('message', (reply: TreeReply) => {
    const request = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('refused' in reply) request?.reject(refusal(reply.refused));
    else request?.resolve(reply.answer);
  });
  worker.on('error', (cause) => end(raiseState('STATE_TREE_STOPPED', 'the tree failed', { cause })));
  worker.on('messageerror', (cause) =>
    end(raiseState('STATE_TREE_STOPPED', 'a message of the tree was lost', { cause })),
  );
  worker.on('exit', (code) =>
    end(
      isClosing
        ? raiseState('STATE_TREE_CLOSED')
        : raiseState('STATE_TREE_STOPPED', `the tree's thread ended with code ${code}`),
    ),
  );

  const wait = (id: number): Promise<unknown> => new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  const close = async () => {
    isClosing = true;
    worker.postMessage('close' satisfies TreeMessage);
    await hasExited(worker);
    end(raiseState('STATE_TREE_CLOSED'));
  };
  const head = (await wait(0).catch(async (error: unknown) => {
    await close();
    throw error;
  })) as TreeHead;
  return {
    head,
    stopped: stopped.promise,
    async send(request, transferred = []) {
      if (isClosing) throw raiseState('STATE_TREE_CLOSED');
      if (ended !== undefined) throw ended;
      count += 1;
      const answer = wait(count);
      worker.postMessage({ id: count, request } satisfies TreeMessage, transferred);
      return answer as Promise<never>;
    },
    async fail(error) {
      end(error);
      await close();
      throw error;
    },
    close,
  };
}
