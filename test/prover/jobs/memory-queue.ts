import type { Clock } from '../../../src/base/clock.ts';
import type { JobInput, JobQueue, JobRecord, JobWriter, LeasedJob } from '../../../src/store/port.ts';

interface Row extends JobInput {
  state: JobRecord['state'];
  attempts: number;
  failures: number;
  worker: string;
  leaseUntil: number;
  availableAt: number;
  result: Uint8Array | undefined;
  failure: string | undefined;
}

type MemoryQueue = JobQueue & JobWriter & { readonly rows: Map<string, Row> };

/** The lease table of the port without a database; `src/store` tests its own against the same words. */
export function createMemoryQueue(clock: Clock, attemptsMax: number): MemoryQueue {
  const rows = new Map<string, Row>();
  const held = ({ id, attempt, worker }: LeasedJob): Row => {
    const row = rows.get(id);
    const mine = row?.state === 'leased' && row.attempts === attempt && row.worker === worker;
    if (row === undefined || !mine || row.leaseUntil <= clock.now()) throw new Error('STORE_LEASE_LOST');
    return row;
  };
  const leased = (row: Row): LeasedJob => ({ ...row, attempt: row.attempts });
  return {
    rows,
    async enqueue(job) {
      if (rows.has(job.id)) return false;
      const fresh = { state: 'queued', attempts: 0, failures: 0, worker: '', leaseUntil: 0, availableAt: 0 } as const;
      rows.set(job.id, { ...job, ...fresh, result: undefined, failure: undefined });
      return true;
    },
    async lease(worker, kinds, ttlMs) {
      const now = clock.now();
      for (const row of rows.values()) {
        if (row.state === 'leased' && row.leaseUntil <= now)
          row.state = row.attempts >= attemptsMax * 10 ? 'poisoned' : 'queued';
      }
      const [next] = [...rows.values()]
        .filter((row) => row.state === 'queued' && row.availableAt <= now && kinds.includes(row.kind))
        .sort((a, b) => a.priority - b.priority);
      if (next === undefined) return undefined;
      Object.assign(next, { state: 'leased', attempts: next.attempts + 1, worker, leaseUntil: now + ttlMs });
      return leased(next);
    },
    async heartbeat(job, ttlMs) {
      const row = held(job);
      row.leaseUntil = clock.now() + ttlMs;
      return leased(row);
    },
    async complete(job, result) {
      Object.assign(held(job), { state: 'done', result });
    },
    async fail(job, failure, retryAfterMs) {
      const row = held(job);
      row.failures += 1;
      const state = row.failures >= attemptsMax ? 'poisoned' : 'queued';
      Object.assign(row, { state, failure, availableAt: clock.now() + retryAfterMs });
      return state;
    },
    async giveBack(job) {
      held(job).state = 'queued';
    },
    async reclaim(worker) {
      const dead = [...rows.values()].filter((row) => row.state === 'leased' && row.worker === worker);
      for (const row of dead) row.leaseUntil = clock.now();
      return dead.length;
    },
    async release(id) {
      Object.assign(rows.get(id)!, { state: 'queued', attempts: 0, failures: 0, availableAt: 0 });
    },
    async get(id) {
      const row = rows.get(id);
      return row && recordOf(row);
    },
    async counts() {
      const count = (state: JobRecord['state']) => [...rows.values()].filter((row) => row.state === state).length;
      return { queued: count('queued'), leased: count('leased'), done: count('done'), poisoned: count('poisoned') };
    },
    async unfinished(limit) {
      const open = [...rows.values()].filter(({ state }) => state !== 'done');
      return open.slice(0, limit).map(recordOf);
    },
    remove: async (id) => rows.delete(id),
    removeFrom: async (priority) => {
      const found = [...rows.values()].filter((row) => row.priority >= priority);
      for (const { id } of found) rows.delete(id);
      return found.length;
    },
  };
}

const recordOf = (row: Row): JobRecord => ({
  ...row,
  lease: row.state === 'leased' ? { worker: row.worker, until: row.leaseUntil } : undefined,
});
