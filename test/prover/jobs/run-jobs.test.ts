import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { forgetRange, type ProveRangeDeps, proveRange } from '../../../src/prover/jobs/prove-range.ts';
import { type JobEvent, type JobWorkerOptions, runJobs } from '../../../src/prover/jobs/run-jobs.ts';
import type { Prover, WitnessSource } from '../../../src/prover/port.ts';
import { createMemoryQueue } from './memory-queue.ts';
import { scriptedProver, scriptedSource } from './scripted-prover.ts';

const range = { from: 2n, to: 4n };
const options: JobWorkerOptions = { worker: 'w', leaseMs: 150, pollMs: 2, retryAfterMs: 1 };

function setUp(segments = 2, attemptsMax = 3) {
  const queue = createMemoryQueue(systemClock, attemptsMax);
  const source = scriptedSource(segments);
  const deps: ProveRangeDeps = { queue, source, proofSystemId: '0x01', clock: systemClock, pollMs: 2 };
  const events: JobEvent[] = [];
  function start(prover: Prover, worker = 'w', from: WitnessSource = source): AbortController {
    const stop = new AbortController();
    const workerDeps = {
      queue,
      prover,
      source: from,
      clock: systemClock,
      onJob: (event: JobEvent) => events.push(event),
    };
    const running = runJobs({ ...options, worker }, workerDeps, stop.signal);
    onTestFinished(async () => {
      stop.abort(new Error('test is over'));
      await running;
    });
    return stop;
  }
  return { queue, source, deps, events, start };
}

test('two batches become one wrap over the whole range, each job proven once', async () => {
  const { deps, start, events } = setUp();
  const prover = scriptedProver();
  start(prover);
  const progress: number[] = [];
  const proof = await proveRange(range, { ...deps, progress: (done) => progress.push(done) });
  expect(new TextDecoder().decode(proof.proof)).toMatch(/^\d+-\d+$/);
  expect(proof.publicInputs.length).toBe(4);
  expect(prover.calls.length).toBe(6 + 5 + 1);
  expect(prover.calls.filter((call) => call === 'last merge').length).toBe(1);
  expect(prover.calls.at(-1)).toBe('wrap');
  expect(events.every(({ event }) => event === 'done')).toBe(true);
  expect(progress.at(-1)).toBe(12);
});

test('asked again, it proves nothing again; forgotten, everything', async () => {
  const { deps, start, queue } = setUp();
  const prover = scriptedProver();
  start(prover);
  const first = await proveRange(range, deps);
  const calls = prover.calls.length;
  expect(await proveRange(range, deps)).toEqual(first);
  expect(prover.calls.length).toBe(calls);
  await forgetRange(range, deps);
  expect(queue.rows.size).toBe(0);
});

test('stopped in the middle, it goes on with what is done', async () => {
  const { deps, start, queue } = setUp();
  const slow = scriptedProver((what, signal) => delay(what === 'merge' ? 60_000 : 1, undefined, { signal: signal! }));
  const stop = start(slow, 'first');
  const abort = new AbortController();
  const proving = proveRange(range, deps, abort.signal);
  await expect.poll(() => slow.calls.includes('merge'), { timeout: 10_000 }).toBe(true);
  abort.abort(new Error('shut down'));
  await expect(proving).rejects.toThrow('shut down');
  stop.abort(new Error('shut down'));
  const done = (await queue.counts()).done;
  expect(done).toBeGreaterThan(0);
  const other = scriptedProver();
  start(other, 'second');
  await proveRange(range, deps);
  expect(other.calls.length).toBe(12 - done);
});

test("a crashed worker's job is taken up when its lease runs out", async () => {
  const { deps, start, queue } = setUp(1);
  const proving = proveRange({ from: 2n, to: 3n }, deps);
  await expect.poll(() => queue.rows.size).toBe(2);
  const abandoned = await queue.lease('dead', ['segment', 'seal'], 40);
  const prover = scriptedProver();
  start(prover);
  await proving;
  expect(queue.rows.get(abandoned!.id)!.attempts).toBe(2);
});

test("its own job of an earlier life is taken up at once, another's is not", async () => {
  const { deps, start, queue } = setUp(1);
  const proving = proveRange({ from: 2n, to: 3n }, deps);
  await expect.poll(() => queue.rows.size).toBe(2);
  const own = await queue.lease('w', ['segment', 'seal'], 3_600_000);
  const foreign = await queue.lease('elsewhere', ['segment', 'seal'], 500);
  const prover = scriptedProver();
  start(prover);
  await expect.poll(() => queue.rows.get(own!.id)!.state, { timeout: 400 }).toBe('done');
  expect(queue.rows.get(foreign!.id)).toMatchObject({ state: 'leased', worker: 'elsewhere' });
  await proving;
});

test('stopping is no failure, however often it interrupts a job', async () => {
  const { deps, start, queue } = setUp(1, 3);
  const proving = proveRange({ from: 2n, to: 3n }, deps);
  for (let life = 0; life < 5; life++) {
    const slow = scriptedProver((_what, signal) => delay(60_000, undefined, { signal: signal! }));
    const stop = start(slow, `life ${life}`);
    await expect.poll(() => slow.calls.length, { timeout: 10_000 }).toBe(1);
    stop.abort(new Error('shut down'));
    await expect.poll(async () => (await queue.counts()).leased, { timeout: 10_000 }).toBe(0);
  }
  start(scriptedProver());
  await proving;
});

test('a long job keeps its lease', async () => {
  const { deps, start, queue } = setUp(1);
  start(scriptedProver((what) => delay(what === 'wrap' ? 500 : 1)));
  start(scriptedProver(), 'rival');
  await proveRange({ from: 2n, to: 3n }, deps);
  expect([...queue.rows.values()].map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1]);
});

test('a worker that lost its lease stops and hands in nothing', async () => {
  const { deps, start, queue, events } = setUp(1);
  const proving = proveRange({ from: 2n, to: 3n }, deps, AbortSignal.timeout(2_000));
  start(
    scriptedProver((_, signal) => delay(60_000, undefined, { signal: signal!, ref: false })),
    'slow',
  );
  await expect.poll(async () => (await queue.counts()).leased).toBe(1);
  for (const row of queue.rows.values()) if (row.state === 'leased') row.worker = 'thief';
  await expect.poll(() => events.length, { timeout: 4_000 }).toBeGreaterThan(0);
  expect(events[0]).toMatchObject({ event: 'failed', next: 'lost' });
  await expect(proving).rejects.toThrow();
});

test('what fails once is tried again; what fails always poisons the range, until a person releases it', async () => {
  const { deps, start, queue, events } = setUp();
  let failures = 0;
  let broken = true;
  start(
    scriptedProver(async (what) => {
      if (what === 'seal' && failures++ === 0) throw new Error('out of memory');
      if (what === 'last merge' && broken) throw new Error('the proof does not verify');
    }),
  );
  await expect(proveRange(range, deps)).rejects.toThrow(/JOB_POISONED: merge \w+: the proof does not verify/);
  expect(events.filter(({ event }) => event === 'failed').length).toBe(1 + 3);
  await expect(proveRange(range, deps)).rejects.toThrow('JOB_POISONED');
  broken = false;
  for (const { id, state } of await queue.unfinished(10)) if (state === 'poisoned') await queue.release(id);
  await proveRange(range, deps);
});

test('a batch that was executed anew is not proven under the old job', async () => {
  const { deps, start, source } = setUp(1);
  const anew: WitnessSource = {
    ...source,
    witnessOf: async (batch, index) => ({ ...(await source.witnessOf(batch, index)), after: 77n }),
  };
  start(scriptedProver(), 'w', anew);
  await expect(proveRange({ from: 2n, to: 3n }, deps)).rejects.toThrow(/JOB_POISONED.*executed anew/);
});

test('a range whose ends are other digests is not even planned', async () => {
  const { deps, source, queue } = setUp(1);
  const moved = { ...source, freshDigestAfter: (batch: bigint) => source.freshDigestAfter(batch + 1n) };
  await expect(proveRange(range, { ...deps, source: moved })).rejects.toThrow('RANGE_BROKEN');
  expect(queue.rows.size).toBe(0);
});

test('a damaged result is refused, not merged', async () => {
  const { deps, start, queue } = setUp(1);
  start(
    scriptedProver(async (what) => {
      if (what !== 'seal') return;
      for (const row of queue.rows.values()) if (row.result !== undefined) row.result = row.result.slice(1);
    }),
  );
  await expect(proveRange({ from: 2n, to: 3n }, deps)).rejects.toThrow(/JOB_POISONED.*PROOF_MALFORMED/);
});
