import type { Clock } from '../../base/clock.ts';
import { breathe } from '../breathe.ts';
import type { Engine } from '../engine.ts';
import { fromDriver, isDriverError, storeError } from '../errors.ts';
import { createMutex } from '../mutex.ts';
import type { BlockLog, LogEntry, LogEntryInput } from '../port.ts';
import type { WriteHandle } from '../schema.ts';
import type { WriteGuard } from '../write-guard.ts';
import { entrySize, isLogKind } from './log-codec.ts';
import { EMPTY_HEAD, type LogGroups, type LogHead } from './log-groups.ts';

export interface BlockLogOptions {
  /** Least time between the starts of two commits: what a group gathers. */
  readonly groupIntervalMs: number;
  readonly groupBytesMax: number;
  readonly queueEntriesMax: number;
  readonly queueBytesMax: number;
  /** Of these, the room that appends with `leaveReserve` do not take: what must not fail when the disk stalls finds its place there. */
  readonly queueEntriesReserved: number;
  readonly queueBytesReserved: number;
}

/** The reserve holds more than the chain can be writing at a time: a block with the denials beside it, each at most a group, and a seal. */
export const BLOCK_LOG_DEFAULTS: BlockLogOptions = {
  groupIntervalMs: 5,
  groupBytesMax: 4 << 20,
  queueEntriesMax: 20_000,
  queueBytesMax: 64 << 20,
  queueEntriesReserved: 5_000,
  queueBytesReserved: 16 << 20,
};

export interface BlockLogDeps {
  readonly engine: Engine;
  readonly groups: LogGroups;
  readonly guard: WriteGuard;
  readonly clock: Clock;
  /** SQLite has one writer: a transaction that waits for an append waits for ever. */
  readonly assertOutsideTransaction: (what: string) => void;
  /** Called after each durable group. */
  readonly onDurable: (head: LogHead) => void;
}

export interface OwnedBlockLog extends BlockLog {
  head(): LogHead;
  /** The chain value after a group, as stored; undefined when there is no such group. */
  chainAt(group: number): Promise<Uint8Array | undefined>;
  reencrypt(db: WriteHandle, activeVersion: number, limit: number): Promise<number>;
  /** Seals the stored head again under the active key. */
  resealHead(db: WriteHandle): Promise<void>;
  /** Runs `task` while no append is being committed. */
  paused<T>(task: () => Promise<T>): Promise<T>;
  /** Waits for what is queued. */
  drain(): Promise<void>;
}

interface Waiting {
  readonly entries: readonly LogEntryInput[];
  readonly size: number;
  resolve(firstSequence: number): void;
  reject(error: unknown): void;
}

/** Bounds what a reader holds: a page is at most this many groups of `groupBytesMax`. */
const GROUPS_PER_PAGE = 16;

/**
 * The source of truth (G7). Callers queue; one writer takes what has gathered, seals it as one group and commits group and head
 * together: one fsync and two encryptions for many accepted transactions.
 */
export async function openBlockLog(options: BlockLogOptions, deps: BlockLogDeps): Promise<OwnedBlockLog> {
  const { engine, groups, guard, clock } = deps;
  let head = await loadHead(engine, groups);
  let queue: Waiting[] = [];
  let queuedEntries = 0;
  let queuedBytes = 0;
  let running: Promise<void> | undefined;
  let lastStart = 0;
  const exclusive = createMutex();

  const takeGroup = (): Waiting[] => {
    let size = 0;
    let count = 0;
    while (count < queue.length && (count === 0 || size + queue[count]!.size <= options.groupBytesMax)) {
      size += queue[count++]!.size;
    }
    const taken = queue.slice(0, count);
    queue = queue.slice(count);
    return taken;
  };

  const commit = async (entries: readonly LogEntryInput[]): Promise<LogHead> => {
    guard.assertUsable();
    const sealed = groups.seal(head, entries, clock.now());
    const { group_id, key_version, payload } = groups.sealHead(sealed.head);
    await engine.writer.transaction().execute(async (db) => {
      await db.insertInto('log_groups').values(sealed.row).execute();
      const moved = await db
        .updateTable('log_head')
        .set({ group_id, key_version, payload })
        .where('id', '=', 1)
        .where('group_id', '=', head.group)
        .executeTakeFirst();
      if (moved.numUpdatedRows !== 1n) throw storeError('STORE_LOCK_LOST', 'another process has written to the log');
    });
    return sealed.head;
  };

  /** A commit that failed may have happened: on PostgreSQL the connection can break before the answer. Ask, never guess. */
  const settle = async (error: unknown, entries: readonly LogEntryInput[]): Promise<LogHead> => {
    const reported = guard.report(error, 'appending to the block log');
    if (reported.code === 'STORE_CONFLICT') {
      throw guard.report(storeError('STORE_LOCK_LOST', 'another process has written this group'), 'append');
    }
    if (reported.code !== 'STORE_UNREACHABLE') throw reported;
    const now = await loadHead(engine, groups).catch(() => undefined);
    if (now === undefined) throw guard.report(storeError('STORE_FAILED', 'the fate of a commit is unknown'), 'append');
    if (now.group === head.group) throw reported;
    if (now.group !== head.group + 1 || now.lastSequence !== head.lastSequence + entries.length) {
      throw guard.report(storeError('STORE_LOCK_LOST', 'the log moved without this process'), 'append');
    }
    return now;
  };

  const flush = async (): Promise<void> => {
    while (queue.length > 0) {
      const wait = lastStart + options.groupIntervalMs - clock.now();
      if (wait > 0 && wait <= options.groupIntervalMs) await clock.sleep(wait);
      lastStart = clock.now();
      const group = takeGroup();
      const entries = group.flatMap((waiting) => waiting.entries);
      try {
        const first = head.lastSequence + 1;
        head = await exclusive(() => commit(entries).catch((error: unknown) => settle(error, entries)));
        deps.onDurable(head);
        let sequence = first;
        for (const waiting of group) {
          waiting.resolve(sequence);
          sequence += waiting.entries.length;
        }
      } catch (error) {
        for (const waiting of group) waiting.reject(error);
      } finally {
        queuedEntries -= entries.length;
        queuedBytes -= group.reduce((sum, waiting) => sum + waiting.size, 0);
      }
    }
  };

  const start = () => {
    running ??= flush().finally(() => {
      running = undefined;
      if (queue.length > 0) start();
    });
  };

  return {
    lastSequence: () => head.lastSequence,
    head: () => head,
    append: async (entries, { leaveReserve = false } = {}) => {
      guard.assertOpen();
      deps.assertOutsideTransaction('an append to the block log');
      if (entries.length === 0) throw new RangeError('nothing to append');
      if (!entries.every((entry) => isLogKind(entry.kind))) throw new RangeError('a log entry has an invalid kind');
      const size = entries.reduce((sum, entry) => sum + entrySize(entry), 0);
      if (size > options.groupBytesMax) {
        throw storeError('STORE_TOO_LARGE', `${size} bytes of log entries, ${options.groupBytesMax} allowed`);
      }
      const entriesMax = options.queueEntriesMax - (leaveReserve ? options.queueEntriesReserved : 0);
      const bytesMax = options.queueBytesMax - (leaveReserve ? options.queueBytesReserved : 0);
      if (queuedEntries + entries.length > entriesMax || queuedBytes + size > bytesMax) {
        throw storeError('STORE_BUSY', 'the queue of the block log is full');
      }
      queuedEntries += entries.length;
      queuedBytes += size;
      return new Promise<number>((resolve, reject) => {
        queue.push({ entries, size, resolve, reject });
        start();
      });
    },
    read: (sequence) => readEntries(engine, groups, sequence, head),
    chainAt: async (group) => {
      const row = await engine.reader
        .selectFrom('log_groups')
        .select('chain')
        .where('group_id', '=', group)
        .executeTakeFirst();
      return row?.chain;
    },
    reencrypt: async (db, activeVersion, limit) => {
      const rows = await db
        .selectFrom('log_groups')
        .selectAll()
        .where('key_version', '<', activeVersion)
        .orderBy('group_id')
        .limit(limit)
        .execute();
      for (const row of rows) {
        const values = groups.reseal(await headBefore(db, row), row);
        await db.updateTable('log_groups').set(values).where('group_id', '=', row.group_id).execute();
      }
      return rows.length;
    },
    resealHead: async (db) => {
      const { group_id, key_version, payload } = groups.sealHead(head);
      await db.updateTable('log_head').set({ key_version, payload }).where('group_id', '=', group_id).execute();
    },
    paused: exclusive,
    drain: async () => {
      while (running !== undefined) await running;
    },
  };
}

/** Reads the head and holds it against the groups: none missing, none beyond. */
async function loadHead(engine: Engine, groups: LogGroups): Promise<LogHead> {
  const db = engine.writer;
  try {
    const row = await db.selectFrom('log_head').selectAll().where('id', '=', 1).executeTakeFirst();
    const stored = await db
      .selectFrom('log_groups')
      .select(({ fn }) => [fn.countAll<number>().as('count'), fn.max('group_id').as('last')])
      .executeTakeFirstOrThrow();
    if (row === undefined) {
      if (stored.count !== 0) throw storeError('STORE_LOG_BROKEN', 'the head of the log is gone');
      await db.insertInto('log_head').values(groups.sealHead(EMPTY_HEAD)).execute();
      return EMPTY_HEAD;
    }
    const head = groups.openHead(row);
    if (stored.count !== head.group || (stored.last ?? 0) !== head.group) {
      throw storeError('STORE_LOG_BROKEN', `${stored.count} groups found, ${head.group} written`);
    }
    if (head.group === 0) return head;
    const last = await db
      .selectFrom('log_groups')
      .selectAll()
      .where('group_id', '=', head.group)
      .executeTakeFirstOrThrow();
    const opened = groups.open(await headBefore(db, last), last).head;
    if (opened.lastSequence !== head.lastSequence || !Buffer.from(opened.chain).equals(head.chain)) {
      throw storeError('STORE_LOG_BROKEN', 'the last group is not the one the head names');
    }
    return head;
  } catch (error) {
    throw isDriverError(error) ? fromDriver(error, 'reading the head of the log') : error;
  }
}

async function headBefore(
  db: WriteHandle | Engine['reader'],
  row: { group_id: number; first_sequence: number },
): Promise<LogHead> {
  if (row.group_id === 1) return EMPTY_HEAD;
  const before = await db
    .selectFrom('log_groups')
    .select('chain')
    .where('group_id', '=', row.group_id - 1)
    .executeTakeFirst();
  if (before === undefined) throw storeError('STORE_LOG_BROKEN', `group ${row.group_id - 1} is missing`);
  return { group: row.group_id - 1, lastSequence: row.first_sequence - 1, chain: before.chain };
}

async function* readEntries(
  engine: Engine,
  groups: LogGroups,
  sequence: number,
  until: LogHead,
): AsyncGenerator<LogEntry, void, undefined> {
  if (sequence > until.lastSequence) return;
  const db = engine.reader;
  const first = await db
    .selectFrom('log_groups')
    .select(['group_id', 'first_sequence'])
    .where('first_sequence', '<=', Math.max(1, sequence))
    .orderBy('first_sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (first === undefined) throw storeError('STORE_LOG_BROKEN', 'the beginning of the log is missing');
  let at = await headBefore(db, first);
  while (at.group < until.group) {
    const rows = await db
      .selectFrom('log_groups')
      .selectAll()
      .where('group_id', '>', at.group)
      .where('group_id', '<=', until.group)
      .orderBy('group_id')
      .limit(GROUPS_PER_PAGE)
      .execute();
    await breathe();
    if (rows.length === 0) throw storeError('STORE_LOG_BROKEN', `group ${at.group + 1} is missing`);
    for (const row of rows) {
      const { entries, head } = groups.open(at, row);
      at = head;
      for (const entry of entries) if (entry.sequence >= sequence) yield entry;
    }
  }
  if (!Buffer.from(at.chain).equals(until.chain))
    throw storeError('STORE_LOG_BROKEN', 'the log does not end where it did');
}
