/** A worker of the queue: takes a job, proves it while keeping its lease, and hands in the proof. Any number may run, on any machine. */

import type { Clock } from '../../base/clock.ts';
import { proverError } from '../errors.ts';
import type { InnerProof, JobLease, Prover, ProvingJob, ProvingQueue, WitnessSource } from '../port.ts';
import { decodeInnerProof, decodeJob, encodeInnerProof, encodeWrapProof } from './job-codec.ts';
import { leafJobId } from './plan-range.ts';

export interface JobWorkerOptions {
  readonly worker: string;
  /** A crashed worker's job waits this long, milliseconds. */
  readonly leaseMs: number;
  /** Milliseconds between looks at an empty queue. */
  readonly pollMs: number;
  /** A failed job waits this long, milliseconds. */
  readonly retryAfterMs: number;
}

export interface JobWorkerDeps {
  readonly queue: Pick<ProvingQueue, 'lease' | 'heartbeat' | 'complete' | 'fail' | 'giveBack' | 'reclaim' | 'get'>;
  readonly prover: Prover;
  readonly source: Pick<WitnessSource, 'witnessOf' | 'freshDigestAfter'>;
  readonly clock: Clock;
  readonly onJob?: (event: JobEvent) => void;
}

export type JobEvent =
  | { readonly event: 'done'; readonly kind: string; readonly id: string; readonly milliseconds: number }
  | {
      readonly event: 'failed';
      readonly kind: string;
      readonly id: string;
      readonly next: 'queued' | 'poisoned' | 'lost';
      readonly error: unknown;
    };

const failureCharactersMax = 500;
const KINDS = ['segment', 'seal', 'merge', 'wrap'] as const;

/** Runs until the signal aborts; an interrupted job goes back. A worker's name is one process's: what it held in an earlier life is free again. */
export async function runJobs(options: JobWorkerOptions, deps: JobWorkerDeps, signal: AbortSignal): Promise<void> {
  await deps.queue.reclaim(options.worker);
  while (!signal.aborted) {
    const leased = await deps.queue.lease(options.worker, KINDS, options.leaseMs);
    if (leased === undefined) await deps.clock.sleep(options.pollMs, signal);
    else await runJob(leased, options, deps, signal);
  }
}

async function runJob(
  leased: JobLease,
  options: JobWorkerOptions,
  deps: JobWorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { id, kind } = leased;
  const started = deps.clock.now();
  const lost = new AbortController();
  const finished = new AbortController();
  const keeping = keepLease(leased, options, deps, lost, finished.signal);
  let result: Uint8Array;
  try {
    result = await prove(decodeJob(leased.payload), deps, AbortSignal.any([signal, lost.signal]));
  } catch (error) {
    finished.abort();
    const current = await keeping;
    if (signal.aborted) {
      // Best effort: the store may be closing, and then the next life reclaims it.
      if (current !== undefined) await deps.queue.giveBack(current).catch(() => undefined);
      return;
    }
    deps.onJob?.({ event: 'failed', kind, id, error, next: await giveUp(current, error, options, deps) });
    return;
  }
  finished.abort();
  const current = await keeping;
  if (current === undefined) return;
  try {
    await deps.queue.complete(current, result);
  } catch (error) {
    deps.onJob?.({ event: 'failed', kind, id, error, next: 'lost' });
    return;
  }
  deps.onJob?.({ event: 'done', kind, id, milliseconds: deps.clock.now() - started });
}

/** Renews the lease until told to stop; undefined, and `lost` aborted, once the lease is another's. */
async function keepLease(
  leased: JobLease,
  { leaseMs }: JobWorkerOptions,
  { queue, clock }: JobWorkerDeps,
  lost: AbortController,
  finished: AbortSignal,
): Promise<JobLease | undefined> {
  let current = leased;
  for (;;) {
    await clock.sleep(leaseMs / 3, finished);
    if (finished.aborted) return current;
    try {
      current = await queue.heartbeat(current, leaseMs);
    } catch (cause) {
      lost.abort(proverError('JOB_LEASE_LOST', leased.id, { cause }));
      return undefined;
    }
  }
}

async function giveUp(
  current: JobLease | undefined,
  error: unknown,
  { retryAfterMs }: JobWorkerOptions,
  { queue }: JobWorkerDeps,
): Promise<'queued' | 'poisoned' | 'lost'> {
  if (current === undefined) return 'lost';
  const failure = error instanceof Error ? error.message : String(error);
  // The lease may have run out between the last heartbeat and now; then the job is another's already.
  return queue.fail(current, failure.slice(0, failureCharactersMax), retryAfterMs).catch(() => 'lost' as const);
}

async function prove(
  job: ProvingJob,
  { prover, source, queue }: JobWorkerDeps,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const childOf = async (id: string): Promise<InnerProof> => {
    const record = await queue.get(id);
    if (record?.result === undefined) throw proverError('RANGE_BROKEN', 'a proof to be merged is missing');
    return decodeInnerProof(record.result);
  };
  switch (job.kind) {
    case 'segment':
    case 'seal': {
      const witness = await source.witnessOf(job.batch, job.index, signal);
      if (leafJobId(prover.proofSystemId, witness) !== job.id) {
        throw proverError('RANGE_BROKEN', `batch ${job.batch} has been executed anew`);
      }
      const proof = await (job.kind === 'seal' ? prover.proveSeal : prover.proveSegment)(witness, signal);
      return encodeInnerProof(proof);
    }
    case 'merge':
      return encodeInnerProof(
        await prover.proveMerge(await childOf(job.left), await childOf(job.right), job.zk, signal),
      );
    case 'wrap': {
      const [first, last] = [await source.freshDigestAfter(job.from), await source.freshDigestAfter(job.to)];
      return encodeWrapProof(await prover.proveWrap(await childOf(job.range), first, last, signal));
    }
  }
}
