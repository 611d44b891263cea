/**
 * From batches to the proof that Ethereum verifies: enqueues what the plan needs as its children finish, and waits. It keeps nothing itself, so
 * it can be stopped and asked again at any point: finished proofs are found in the queue by what they prove.
 */

import type { Clock } from '../../base/clock.ts';
import { hashDigest } from '../../chain/digest.ts';
import { proverError } from '../errors.ts';
import type { ProvingJob, ProvingQueue, WitnessSource, WrapProof } from '../port.ts';
import { decodeWrapProof, encodeJob } from './job-codec.ts';
import { dependenciesOf, type PlannedBatch, planRange, type RangePlan } from './plan-range.ts';

export interface ProveRangeDeps {
  readonly queue: Pick<ProvingQueue, 'enqueue' | 'get' | 'remove'>;
  readonly source: Pick<WitnessSource, 'leavesOf' | 'freshDigestAfter'>;
  readonly proofSystemId: string;
  readonly clock: Clock;
  /** Milliseconds between looks at the queue. */
  readonly pollMs: number;
  readonly progress?: (finished: number, total: number) => void;
}

export interface BatchRange {
  /** The batch before the first one of the range; 0 is genesis. */
  readonly from: bigint;
  readonly to: bigint;
}

/** Throws JOB_POISONED when a part of it has failed too often: a person must look, nothing settles before. */
export async function proveRange(range: BatchRange, deps: ProveRangeDeps, signal?: AbortSignal): Promise<WrapProof> {
  const plan = await planOf(range, deps, signal);
  const done = new Map<string, Uint8Array>();
  for (;;) {
    signal?.throwIfAborted();
    const result = await advance(range, plan, done, deps);
    if (result !== undefined) return decodeWrapProof(result);
    await deps.clock.sleep(deps.pollMs, signal);
  }
}

/** Drops the jobs of a range that is executed on L1. */
export async function forgetRange(range: BatchRange, deps: ProveRangeDeps): Promise<void> {
  const plan = await planOf(range, deps);
  for (const { id } of plan.jobs) await deps.queue.remove(id);
}

async function planOf({ from, to }: BatchRange, deps: ProveRangeDeps, signal?: AbortSignal): Promise<RangePlan> {
  const batches: PlannedBatch[] = [];
  for (let batch = from + 1n; batch <= to; batch++) {
    batches.push({ batch, leaves: await deps.source.leavesOf(batch, signal) });
  }
  const plan = planRange(deps.proofSystemId, from, batches);
  const [first, last] = [await deps.source.freshDigestAfter(from), await deps.source.freshDigestAfter(to)];
  if (hashDigest(first.digest) !== plan.before || hashDigest(last.digest) !== plan.after) {
    throw proverError('RANGE_BROKEN', 'the batches are proven between other digests');
  }
  return plan;
}

/** One look at every job of the plan that is not `done` yet; the wrap's result when there is one. */
async function advance(
  { to }: BatchRange,
  plan: RangePlan,
  done: Map<string, Uint8Array>,
  deps: ProveRangeDeps,
): Promise<Uint8Array | undefined> {
  for (const job of plan.jobs) {
    if (done.has(job.id)) continue;
    const record = await deps.queue.get(job.id);
    if (record?.state === 'poisoned')
      throw proverError('JOB_POISONED', `${job.kind} ${job.id}: ${record.failure ?? ''}`);
    if (record?.state === 'done' && record.result !== undefined) done.set(job.id, record.result);
    else if (record === undefined && dependenciesOf(job).every((id) => done.has(id))) {
      const { id, kind } = job;
      await deps.queue.enqueue({ id, kind, priority: priorityOf(job, to), payload: encodeJob(job) });
    }
  }
  deps.progress?.(done.size, plan.jobs.length);
  return done.get(plan.wrapId);
}

const stepsPerRange = 3;

/** Lower goes first: older ranges, and what is nearest to being settled. */
function priorityOf({ kind }: ProvingJob, to: bigint): number {
  const step = { wrap: 0, merge: 1, seal: 2, segment: 2 }[kind];
  return Number(to) * stepsPerRange + step;
}

/** Jobs of ranges that end with `batch` or later have this priority or a later one. */
export const firstPriorityOf = (batch: bigint): number => Number(batch) * stepsPerRange;

/** The last batch of the range that jobs of this priority belong to. */
export const lastBatchOf = (priority: number): number => Math.floor(priority / stepsPerRange);
