/** What other layers see of proving. */

import type { InputMap } from '@noir-lang/noir_js';
import type { Hex } from '../base/bytes.ts';
import type { Digest } from '../chain/digest.ts';

/** Circuits whose witness comes from a batch. */
export type SegmentCircuit = 'segment_xs' | 'segment_m';
export type LeafCircuit = SegmentCircuit | 'seal';

/** One leaf of a batch's proof: a segment or the seal, with all inputs of its circuit but `vk_root`, which the prover adds. */
export interface LeafWitness {
  readonly circuit: LeafCircuit;
  /** Digests, as hashes. */
  readonly before: bigint;
  readonly after: bigint;
  /** Fresh entropy included. */
  readonly inputs: InputMap;
}

/** A proof that never leaves the operator: of a segment, a seal, or a merge. */
export interface InnerProof {
  readonly circuit: LeafCircuit | 'merge';
  /** Hides its witness: what wrap verifies. */
  readonly zk: boolean;
  readonly before: bigint;
  readonly after: bigint;
  readonly proof: Uint8Array;
}

/** A digest just after a seal (or genesis) and the blind in its state root. */
export interface FreshDigest {
  readonly digest: Digest;
  readonly blind: bigint;
}

/** What L1 verifies. */
export interface WrapProof {
  readonly proof: Uint8Array;
  /** sealedBefore hi, lo, sealedAfter hi, lo. */
  readonly publicInputs: readonly bigint[];
}

export type PrepareStage = 'string' | 'circuits' | 'keys' | 'verifier';

/** A line of progress; `done` of `total` in the stage's own unit. */
export interface PrepareProgress {
  readonly stage: PrepareStage;
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** Every call verifies what it made before it returns. All are slow and take an abort signal. */
export interface Prover {
  /** hash(binary version, string, vkRoot, wrap key): the name of the verifier in L1's registry. */
  readonly proofSystemId: Hex;
  /** Runtime bytecode of the verifier contract that belongs to these keys. */
  readonly verifierBytecode: Hex;
  proveSegment(witness: LeafWitness, signal?: AbortSignal): Promise<InnerProof>;
  proveSeal(witness: LeafWitness, signal?: AbortSignal): Promise<InnerProof>;
  /** `zk` for the one that wrap is to verify. */
  proveMerge(left: InnerProof, right: InnerProof, zk: boolean, signal?: AbortSignal): Promise<InnerProof>;
  proveWrap(range: InnerProof, first: FreshDigest, last: FreshDigest, signal?: AbortSignal): Promise<WrapProof>;
  verifyWrap(proof: WrapProof): Promise<boolean>;
}

/** What a job proves. Ids name the statement, so a job of a batch that was executed anew is another job. */
export type ProvingJob =
  | { readonly kind: 'segment' | 'seal'; readonly id: string; readonly batch: bigint; readonly index: number }
  | { readonly kind: 'merge'; readonly id: string; readonly left: string; readonly right: string; readonly zk: boolean }
  | { readonly kind: 'wrap'; readonly id: string; readonly range: string; readonly from: bigint; readonly to: bigint };

/** A job as the queue keeps it; what it is about is in `payload`. */
export interface QueuedJob {
  readonly id: string;
  readonly kind: string;
  /** Lower goes first. */
  readonly priority: number;
  readonly payload: Uint8Array;
}

/** A job that a worker holds until its lease ends; `attempt` and `worker` fence out a late one. */
export interface JobLease extends QueuedJob {
  readonly attempt: number;
  readonly worker: string;
  readonly leaseUntil: number;
}

/** What proving needs of a durable lease table: the queue of the store's port is one. */
export interface ProvingQueue {
  /** False when a job of this id exists. */
  enqueue(job: QueuedJob): Promise<boolean>;
  lease(worker: string, kinds: readonly string[], ttlMs: number): Promise<JobLease | undefined>;
  /** Rejects when the lease has been lost. */
  heartbeat(job: JobLease, ttlMs: number): Promise<JobLease>;
  complete(job: JobLease, result: Uint8Array): Promise<void>;
  fail(job: JobLease, failure: string, retryAfterMs: number): Promise<'queued' | 'poisoned'>;
  /** Unfinished, and through no fault of its own. */
  giveBack(job: JobLease): Promise<void>;
  /** Ends the leases of a worker that is known to be dead. */
  reclaim(worker: string): Promise<number>;
  get(id: string): Promise<
    | {
        readonly state: 'queued' | 'leased' | 'done' | 'poisoned';
        readonly result: Uint8Array | undefined;
        readonly failure: string | undefined;
      }
    | undefined
  >;
  remove(id: string): Promise<boolean>;
}

/** Where jobs get what they prove: the batches, as the node keeps or rebuilds them. */
export interface WitnessSource {
  /** Segments in order, then the seal; the statements alone. */
  leavesOf(batch: bigint, signal?: AbortSignal): Promise<readonly Pick<LeafWitness, 'circuit' | 'before' | 'after'>[]>;
  witnessOf(batch: bigint, index: number, signal?: AbortSignal): Promise<LeafWitness>;
  /** The digest right after batch `batch` was sealed; 0 for genesis. */
  freshDigestAfter(batch: bigint): Promise<FreshDigest>;
}
