import { Worker } from 'node:worker_threads';
import { storeError } from '../errors.ts';
import { OPENED, type SqlValue, type WriterOptions, type WriterReply, type WriterRequest } from './writer-protocol.ts';

export interface WriterResult {
  readonly rows: Record<string, unknown>[];
  readonly changes: number | undefined;
}

export interface SqliteWriter {
  query(sql: string, parameters: readonly SqlValue[]): Promise<WriterResult>;
  checkIntegrity(depth: 'quick' | 'full'): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(result: WriterResult): void;
  reject(error: unknown): void;
}

type RequestBody = WriterRequest extends infer R ? (R extends WriterRequest ? Omit<R, 'id'> : never) : never;

/** Starts the writer thread and resolves once its database is open and checked. */
export async function startWriter(options: WriterOptions): Promise<SqliteWriter> {
  const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: options });
  const waiting = new Map<number, Waiting>();
  let nextId = OPENED + 1;
  let stopped: Error | undefined;

  const stop = (error: Error) => {
    stopped ??= error;
    for (const { reject } of waiting.values()) reject(stopped);
    waiting.clear();
  };
  worker.on('error', (error) => stop(storeError('STORE_FAILED', 'the database writer thread died', { cause: error })));
  worker.on('exit', () => stop(storeError('STORE_CLOSED', 'the database writer thread ended')));
  worker.on('message', (reply: WriterReply) => {
    const promise = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('failure' in reply)
      promise?.reject(Object.assign(new Error(reply.failure.message), { code: reply.failure.code }));
    else promise?.resolve(reply);
  });

  const expect = (id: number) =>
    new Promise<WriterResult>((resolve, reject) => {
      if (stopped !== undefined) reject(stopped);
      else waiting.set(id, { resolve, reject });
    });
  const send = (body: RequestBody) => {
    const id = nextId++;
    const reply = expect(id);
    if (stopped === undefined) worker.postMessage({ ...body, id });
    return reply;
  };

  await expect(OPENED);
  return {
    query: (sql, parameters) => send({ kind: 'query', sql, parameters }),
    checkIntegrity: async (depth) => {
      await send({ kind: 'integrity', depth });
    },
    close: async () => {
      if (stopped !== undefined) return;
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      await send({ kind: 'close' });
      await exited;
    },
  };
}
