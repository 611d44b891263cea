import { sql } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { breathe } from '../breathe.ts';
import type { Engine } from '../engine.ts';
import type { KeyRing } from '../envelope/key-ring.ts';
import type { RecordVault } from '../envelope/record-vault.ts';
import { storeError } from '../errors.ts';
import type { Mutex } from '../mutex.ts';
import type { JobInput, JobQueue, JobRecord, JobWriter, LeasedJob } from '../port.ts';
import { decodeRecord, encodeRecord } from '../record-json.ts';
import type { Schema, WriteHandle } from '../schema.ts';
import type { WriteGuard } from '../write-guard.ts';
import type { WriteScope } from '../write-scope.ts';
import type { TableContext } from './table-context.ts';

type JobRow = Schema['jobs'];
/**
 * Most leases of a job, in multiples of the failures it may have. A worker that died has told nothing: stops and kills of the process are not
 * the job's fault, unless it is the one that brings the process down each time.
 */
const leasesPerFailure = 10;

type Part = 'payload' | 'result' | 'failure';

export interface JobQueueDeps {
  readonly engine: Engine;
  readonly keys: KeyRing;
  readonly vault: RecordVault;
  readonly clock: Clock;
  readonly guard: WriteGuard;
  /** The store's mutex of writers: no rotation ends between the sealing of a job and its writing. */
  readonly exclusive: Mutex;
}

export interface OwnedJobQueue extends JobQueue {
  reencrypt(db: WriteHandle, activeVersion: number, limit: number): Promise<number>;
  verify(): Promise<void>;
}

const PAGE = 500;

const jobIdOf = ({ blindIndex }: Pick<KeyRing, 'blindIndex'>, id: string) => blindIndex('job id', id);

export const createJobWriter = (context: Pick<TableContext, 'blindIndex'>, { db }: WriteScope): JobWriter => ({
  async release(id) {
    // It could be taken since it was queued, but for its state: no clock is asked.
    const { numUpdatedRows } = await db
      .updateTable('jobs')
      .set({ state: 'queued', attempts: 0, failures: 0, run_after: sql`enqueued_at` })
      .where('id', '=', jobIdOf(context, id))
      .where('state', '=', 'poisoned')
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw storeError('STORE_NOT_FOUND', 'there is no such poisoned job');
  },
});

export function createJobQueue(options: { attemptsMax: number }, deps: JobQueueDeps): OwnedJobQueue {
  const { engine, keys, vault, clock, guard } = deps;
  const { attemptsMax } = options;
  const idOf = (id: string) => jobIdOf(keys, id);
  const seal = (id: Uint8Array, part: Part, value: unknown) => vault.seal('jobs', [id, part], encodeRecord(value));
  const open = <T>(row: JobRow, part: Part): T => decodeRecord<T>(vault.open('jobs', [row.id, part], row[part]!));
  const input = (row: JobRow): JobInput => {
    const { id, kind, payload } = open<JobInput>(row, 'payload');
    if (kind !== row.kind) throw storeError('STORE_RECORD_CORRUPT', 'a job is not of the kind its row says');
    return { id, kind, priority: row.priority, payload };
  };
  const describe = (row: JobRow): JobRecord => ({
    ...input(row),
    state: row.state,
    attempts: row.attempts,
    lease: row.lease_owner === null ? undefined : { worker: row.lease_owner, until: row.lease_until! },
    result: row.result === null ? undefined : open<Uint8Array>(row, 'result'),
    failure: row.failure === null ? undefined : open<string>(row, 'failure'),
  });
  const write = <T>(doing: string, task: () => Promise<T>): Promise<T> =>
    deps.exclusive(async () => {
      guard.assertOpen();
      try {
        return await task();
      } catch (error) {
        throw guard.report(error, doing);
      }
    });
  /** Changes the job only if it is still held under this very lease. */
  const updateLeased = (db: Engine['writer'], job: LeasedJob, values: Partial<JobRow>) =>
    db
      .updateTable('jobs')
      .set(values)
      .where('id', '=', idOf(job.id))
      .where('state', '=', 'leased')
      .where('lease_owner', '=', job.worker)
      .where('attempts', '=', job.attempt)
      .executeTakeFirst()
      .then((result) => {
        if (result.numUpdatedRows !== 1n)
          throw storeError('STORE_LEASE_LOST', `worker ${job.worker} no longer holds the job`);
      });

  return {
    enqueue: (job) =>
      write('enqueuing a job', async () => {
        const id = idOf(job.id);
        const { keyVersion, payload } = seal(id, 'payload', { id: job.id, kind: job.kind, payload: job.payload });
        const now = clock.now();
        const result = await engine.writer
          .insertInto('jobs')
          .values({
            id,
            kind: job.kind,
            state: 'queued',
            priority: job.priority,
            enqueued_at: now,
            run_after: now,
            attempts: 0,
            failures: 0,
            lease_owner: null,
            lease_until: null,
            key_version: keyVersion,
            payload,
            result: null,
            failure: null,
          })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirst();
        return result.numInsertedOrUpdatedRows === 1n;
      }),

    lease: (worker, kinds, ttlMs) =>
      write('leasing a job', async () => {
        const now = clock.now();
        await engine.writer
          .updateTable('jobs')
          .set({ state: 'poisoned', lease_owner: null, lease_until: null })
          .where('state', '=', 'leased')
          .where('lease_until', '<=', now)
          .where('attempts', '>=', attemptsMax * leasesPerFailure)
          .execute();
        const row = await engine.writer
          .updateTable('jobs')
          .set({ state: 'leased', lease_owner: worker, lease_until: now + ttlMs, attempts: sql`attempts + 1` })
          .where('id', '=', (from) =>
            from
              .selectFrom('jobs')
              .select('id')
              .where('kind', 'in', kinds)
              .where((where) =>
                where.or([
                  where.and([where('state', '=', 'queued'), where('run_after', '<=', now)]),
                  where.and([where('state', '=', 'leased'), where('lease_until', '<=', now)]),
                ]),
              )
              .orderBy('priority')
              .orderBy('enqueued_at')
              .orderBy('id')
              .limit(1)
              .$if(engine.skipLocked, (query) => query.forUpdate().skipLocked()),
          )
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) return undefined;
        return { ...input(row), attempt: row.attempts, worker, leaseUntil: row.lease_until! };
      }),

    heartbeat: (job, ttlMs) =>
      write('extending a lease', async () => {
        const leaseUntil = clock.now() + ttlMs;
        await updateLeased(engine.writer, job, { lease_until: leaseUntil });
        return { ...job, leaseUntil };
      }),

    complete: (job, result) =>
      write('completing a job', async () => {
        const sealed = seal(idOf(job.id), 'result', result);
        await updateLeased(engine.writer, job, {
          state: 'done',
          lease_owner: null,
          lease_until: null,
          result: sealed.payload,
        });
      }),

    fail: (job, failure, retryAfterMs) =>
      write('failing a job', async () => {
        const sealed = seal(idOf(job.id), 'failure', failure);
        const before = await engine.reader
          .selectFrom('jobs')
          .select('failures')
          .where('id', '=', idOf(job.id))
          .executeTakeFirst();
        const failures = (before?.failures ?? 0) + 1;
        const state = failures >= attemptsMax ? 'poisoned' : 'queued';
        await updateLeased(engine.writer, job, {
          state,
          failures,
          lease_owner: null,
          lease_until: null,
          run_after: clock.now() + retryAfterMs,
          failure: sealed.payload,
        });
        return state;
      }),

    giveBack: (job) =>
      write('giving a job back', () =>
        updateLeased(engine.writer, job, { state: 'queued', lease_owner: null, lease_until: null }),
      ),

    reclaim: (worker) =>
      write('reclaiming jobs', async () => {
        const result = await engine.writer
          .updateTable('jobs')
          .set({ lease_until: clock.now() })
          .where('state', '=', 'leased')
          .where('lease_owner', '=', worker)
          .executeTakeFirst();
        return Number(result.numUpdatedRows);
      }),

    get: async (id) => {
      const row = await engine.reader.selectFrom('jobs').selectAll().where('id', '=', idOf(id)).executeTakeFirst();
      return row === undefined ? undefined : describe(row);
    },

    counts: async () => {
      const rows = await engine.reader
        .selectFrom('jobs')
        .select(({ fn }) => ['state', fn.countAll<number>().as('jobs')])
        .groupBy('state')
        .execute();
      return {
        queued: 0,
        leased: 0,
        done: 0,
        poisoned: 0,
        ...Object.fromEntries(rows.map((row) => [row.state, row.jobs])),
      };
    },

    unfinished: async (limit) => {
      const rows = await engine.reader
        .selectFrom('jobs')
        .selectAll()
        .where('state', '!=', 'done')
        .orderBy(({ case: choose }) => choose().when('state', '=', 'poisoned').then(0).else(1).end())
        .orderBy('priority')
        .orderBy('enqueued_at')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(describe);
    },

    remove: (id) =>
      write('removing a job', async () => {
        const result = await engine.writer.deleteFrom('jobs').where('id', '=', idOf(id)).executeTakeFirst();
        return result.numDeletedRows === 1n;
      }),

    removeFrom: (priority) =>
      write('removing jobs', async () => {
        const result = await engine.writer.deleteFrom('jobs').where('priority', '>=', priority).executeTakeFirst();
        return Number(result.numDeletedRows);
      }),

    reencrypt: async (db, activeVersion, limit) => {
      const rows = await db
        .selectFrom('jobs')
        .selectAll()
        .where('key_version', '<', activeVersion)
        .limit(limit)
        .execute();
      for (const row of rows) {
        const again = (part: Part) => (row[part] === null ? null : seal(row.id, part, open(row, part)).payload);
        await db
          .updateTable('jobs')
          .set({
            key_version: activeVersion,
            payload: again('payload')!,
            result: again('result'),
            failure: again('failure'),
          })
          .where('id', '=', row.id)
          .execute();
      }
      return rows.length;
    },

    verify: async () => {
      let after = new Uint8Array(0);
      for (;;) {
        const rows = await engine.reader
          .selectFrom('jobs')
          .selectAll()
          .where('id', '>', after)
          .orderBy('id')
          .limit(PAGE)
          .execute();
        rows.forEach(describe);
        await breathe();
        if (rows.length < PAGE) return;
        after = new Uint8Array(rows.at(-1)!.id);
      }
    },
  };
}
