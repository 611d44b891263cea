import { decodeJob } from '../prover/jobs/job-codec.ts';
import { lastBatchOf } from '../prover/jobs/prove-range.ts';
import type { JobRecord } from '../store/port.ts';

/** What may be told of a job: no witness, no proof, and of a failure its code alone. */
export interface JobDescription {
  readonly id: string;
  readonly state: JobRecord['state'];
  readonly kind: string;
  /** One batch, a range, or the end of the range that a merge belongs to. */
  readonly batches: string;
  readonly attempts: number;
  readonly lease: JobRecord['lease'];
  /** Of the last failure. */
  readonly code: string | undefined;
}

export function describeJob({
  id,
  state,
  kind,
  priority,
  payload,
  attempts,
  lease,
  failure,
}: JobRecord): JobDescription {
  return { id, state, kind, batches: batchesOf(payload, priority), attempts, lease, code: failure && codeOf(failure) };
}

function batchesOf(payload: Uint8Array, priority: number): string {
  const job = decodeJob(payload);
  switch (job.kind) {
    case 'segment':
    case 'seal':
      return String(job.batch);
    case 'merge':
      return `to ${lastBatchOf(priority)}`;
    case 'wrap':
      return job.from + 1n === job.to ? String(job.to) : `${job.from + 1n} to ${job.to}`;
  }
}

/** Errors without a code are of none of our layers. */
const codeOf = (failure: string): string => /^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?::|$)/.exec(failure)?.[1] ?? 'INTERNAL';
