import type { Hex } from 'viem';
import type { PriorityOperation } from '../chain/priority-operation.ts';
import type { StoredBatch } from '../chain/stored-batch.ts';

/** A sealed batch, ready for Ethereum. */
export interface SealedBatch {
  readonly stored: StoredBatch;
  /** Hashes of its messages, in order: handed over at execute. */
  readonly messageHashes: readonly bigint[];
}

/** A wrap proof over the batches after `from` up to `to`. */
export interface RangeProof {
  readonly from: bigint;
  readonly to: bigint;
  readonly proofSystemId: Hex;
  readonly proof: Uint8Array;
}

/** What settlement reads of the node. */
export interface SettlementSource {
  /** Batch 0 is genesis. */
  batch(number: bigint): Promise<SealedBatch | undefined>;
  /** The proof that starts right after batch `from`. */
  proofAfter(from: bigint): Promise<RangeProof | undefined>;
  /** Whether a batch of this number was withdrawn: Ethereum may then hold one that is not ours any more. */
  wasWithdrawn(batch: bigint): boolean;
}

/** What a settlement transaction does when it is mined. */
export type SettlementTarget =
  | { readonly kind: 'committed' | 'executed'; readonly batch: bigint }
  | { readonly kind: 'proven'; readonly from: bigint; readonly to: bigint };

export type SettlementStep = SettlementTarget & { readonly transaction: Hex; readonly gas: bigint };

export interface SettlementSink {
  /** Before a transaction goes out: whatever becomes of it, and of this process, its hash is known. */
  onAttempt(target: SettlementTarget, transaction: Hex): Promise<void>;
  /** Told what was mined; may be told again after a restart. */
  onStep(step: SettlementStep): Promise<void>;
}

export interface L1Counts {
  readonly committed: bigint;
  readonly proven: bigint;
  readonly executed: bigint;
}

/** Confirmed operations of the L1 queue, in order. */
export interface PriorityQueueView {
  /** How many are confirmed. */
  readonly confirmed: bigint;
  from(index: bigint, limit: number): PriorityOperation[];
}

/** The queue as Ethereum has it, with what tells whether operations taken earlier still stand. */
export interface PriorityChainView extends PriorityQueueView {
  /** Grows with every look: what was concluded from the queue holds until then. */
  readonly looks: number;
  /** Seconds: time of the block up to which operations are confirmed; undefined before the first look. */
  readonly confirmedTime: bigint | undefined;
  /** Seconds: greatest time of a block that any look has seen, confirmed or not; 0 before the first. */
  readonly newestTime: bigint;
  /** Roll of the first `count` confirmed operations; undefined when there are not so many. */
  rollAfter(count: bigint): bigint | undefined;
  /** First slot in which a policy root is revoked, as of the confirmed block; undefined when it is not. */
  revokedFrom(root: bigint): Promise<bigint | undefined>;
}
