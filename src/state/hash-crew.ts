/** Hashing on several threads: jobs are taken from a shared counter, so a thread that loses its core holds up nobody for long. */

import { Worker } from 'node:worker_threads';
import { assert } from '../base/assert.ts';
import { hasExited } from '../base/has-exited.ts';
import { createHashEngine, type HashEngine, type HashMemory, JOB_BYTES } from '../chain/poseidon2/engine.ts';

const PIECE_JOBS = 64;
/** Fewer jobs than this are done by the caller alone. */
const SHARED_JOBS_MIN = 2 * PIECE_JOBS;

/** A call takes milliseconds: after this long a helper has died. */
const HELPER_TIMEOUT_MS = 60_000;

/** Words shared with the helpers. ROUND counts calls; a helper sleeps on it. LEFT counts helpers still at work. STOP ends them. */
export const CONTROL = { ROUND: 0, NEXT: 1, LEFT: 2, JOBS: 3, COUNT: 4, CAPACITY: 5, STOP: 6, WORDS: 7 } as const;

export interface HashCrew {
  /** See HashEngine.compress. Wakes the helpers and returns; the jobs and what they read stay as they are until `finish`. */
  start(jobs: number, count: number, capacity: number): void;
  /** Works along until the jobs of the last `start` are done; blocks the calling thread. */
  finish(): void;
  readonly isFast: boolean;
  close(): Promise<void>;
}

export interface HashHelperData {
  readonly hash: HashMemory;
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly thread: number;
}

/** Takes pieces until none is left. */
export function workOff(engine: HashEngine, control: Int32Array<SharedArrayBuffer>): void {
  const jobs = control[CONTROL.JOBS]! >>> 0;
  const count = control[CONTROL.COUNT]!;
  const capacity = control[CONTROL.CAPACITY]! >>> 0;
  for (;;) {
    const first = Atomics.add(control, CONTROL.NEXT, PIECE_JOBS);
    if (first >= count) return;
    engine.compress(jobs + first * JOB_BYTES, jobs + Math.min(first + PIECE_JOBS, count) * JOB_BYTES, capacity);
  }
}

/** `helpers` 0 hashes on the calling thread alone. A helper that fails stops the thread it helps. */
export function createHashCrew(hash: HashMemory, helpers: number, engine = createHashEngine(hash)): HashCrew {
  const control = new Int32Array(new SharedArrayBuffer(4 * CONTROL.WORDS));
  const workers = Array.from({ length: helpers }, (_, i) => {
    const workerData: HashHelperData = { hash, control, thread: i + 1 };
    return new Worker(new URL('./hash-helper.ts', import.meta.url), { workerData });
  });
  let isUnderWay = false;
  let isShared = false;
  return {
    isFast: engine.isFast,
    start(jobs, count, capacity) {
      assert(!isUnderWay, 'the hashing threads have not finished the jobs before');
      isUnderWay = true;
      isShared = workers.length > 0 && count >= SHARED_JOBS_MIN;
      control[CONTROL.JOBS] = jobs;
      control[CONTROL.COUNT] = count;
      control[CONTROL.CAPACITY] = capacity;
      Atomics.store(control, CONTROL.NEXT, 0);
      if (!isShared) return;
      Atomics.store(control, CONTROL.LEFT, workers.length);
      Atomics.add(control, CONTROL.ROUND, 1);
      Atomics.notify(control, CONTROL.ROUND);
    },
    finish() {
      if (!isUnderWay) return;
      workOff(engine, control);
      for (let left = workers.length; isShared && left > 0; ) {
        left = Atomics.load(control, CONTROL.LEFT);
        if (left === 0) break;
        const answer = Atomics.wait(control, CONTROL.LEFT, left, HELPER_TIMEOUT_MS);
        assert(answer !== 'timed-out', 'a hashing thread does not answer');
      }
      isUnderWay = false;
    },
    async close() {
      // Ending a thread from outside while it runs wasm can abort the process, so the helpers end by themselves.
      const exits = workers.map((worker) => hasExited(worker));
      Atomics.store(control, CONTROL.STOP, 1);
      Atomics.add(control, CONTROL.ROUND, 1);
      Atomics.notify(control, CONTROL.ROUND);
      await Promise.all(exits);
    },
  };
}
