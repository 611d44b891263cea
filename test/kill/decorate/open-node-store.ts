/** The store, killed before or after what it writes. */

import { openNodeStore as open } from '../../../src/node/open-node-store.ts';
import { decodeEntry } from '../../../src/sequencer/log-entries.ts';
import type { BlockLog, FileStore, JobQueue, LogEntryInput, Store, StoreWrites } from '../../../src/store/port.ts';
import type { KillPointName } from '../points.ts';
import { at, isForgetful, soonAfter } from '../trigger.ts';
import { executing } from './executing.ts';

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopping = true;
    soonAfter('shutdown.begun');
  });
}

export const openNodeStore: typeof open = async (...args) => {
  const store = await open(...args);
  return {
    ...store,
    log: decorateLog(store.log),
    files: decorateFiles(store.files),
    jobs: decorateJobs(store.jobs),
    transaction: decorateTransaction(store),
    async close() {
      if (stopping) at('shutdown.closing');
      await store.close();
    },
  };
};

const decorateLog = (log: BlockLog): BlockLog => ({
  lastSequence: () => log.lastSequence(),
  read: (from) => log.read(from),
  async append(entries, ...more) {
    const kinds = entries.map(({ kind }) => kind).join(' ');
    if (kinds === 'accepted') at('accept.unwritten');
    if (kinds === 'block') at('block.unwritten');
    if (kinds === 'batch-closed') at('close.unwritten');
    if (kinds === 'sealed') at('seal.unwritten');
    if (kinds === 'withdrawn') at('withdraw.unwritten');
    if (executing.again && entries.some(({ kind }) => kind === 'block')) at('again.unwritten');
    if (isForgetful && kinds === 'accepted') return log.lastSequence();
    const sequence = await log.append(entries, ...more);
    if (kinds === 'accepted') at('accept.unanswered');
    if (kinds === 'denial accepted') at('replace.unanswered');
    if (kinds === 'denial') at('denial.unanswered');
    if (kinds === 'block') at('block.unseen');
    if (kinds === 'batch-closed') at('close.unsealed');
    if (kinds === 'sealed') at('seal.unbooked');
    if (kinds === 'withdrawn') at('withdraw.unfollowed');
    if (kinds === 'batch-opened block' && takesOperations(entries[1]!)) at('open.unseen');
    return sequence;
  },
});

function takesOperations({ kind, payload }: LogEntryInput): boolean {
  const entry = decodeEntry(kind, payload);
  return entry.kind === 'block' && entry.operations.length > 0;
}

const decorateFiles = (files: FileStore): FileStore => ({
  ...files,
  async write(name, chunks) {
    const isArchive = name.startsWith('batch-');
    const file = await files.write(name, halved(chunks, isArchive ? 'archive.half' : 'checkpoint.half'));
    at(isArchive ? 'archive.unsealed' : 'checkpoint.unlisted');
    return file;
  },
});

async function* halved(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  point: KillPointName,
): AsyncIterable<Uint8Array> {
  let written = 0;
  for await (const chunk of chunks) {
    yield chunk;
    if (++written === 2) at(point);
  }
}

const decorateJobs = (jobs: JobQueue): JobQueue => ({
  ...jobs,
  async enqueue(job) {
    const isNew = await jobs.enqueue(job);
    if (isNew) at('job.enqueued');
    return isNew;
  },
  async lease(...args) {
    const job = await jobs.lease(...args);
    if (job !== undefined) at('job.leased');
    return job;
  },
  async complete(...args) {
    at('proof.unstored');
    await jobs.complete(...args);
    at('proof.stored');
  },
  async removeFrom(priority) {
    const removed = await jobs.removeFrom(priority);
    at('withdraw.half');
    return removed;
  },
});

/** Which tables a transaction writes decides what it is. */
const decorateTransaction =
  (store: Store): Store['transaction'] =>
  async (work) => {
    const tables = new Set<string | symbol>();
    const result = await store.transaction(async (writes) => {
      const done = await work(noting(writes, tables));
      if (isTakenBack(tables)) at('withdraw.uncommitted');
      else if (tables.has('blocks')) at('outcome.uncommitted');
      if (tables.has('audit')) at('audit.uncommitted');
      return done;
    });
    if (tables.has('sessions')) at('session.unanswered');
    if (tables.has('proofs') && !isTakenBack(tables)) at('range.stored');
    return result;
  };

/** With the list of the withdrawals that were followed. */
const isTakenBack = (tables: ReadonlySet<string | symbol>): boolean =>
  tables.has('blocks') && tables.has('checkpoints');

const noting = (writes: StoreWrites, tables: Set<string | symbol>): StoreWrites =>
  new Proxy(writes, {
    get(target, table, receiver) {
      tables.add(table);
      return Reflect.get(target, table, receiver) as unknown;
    },
  });
