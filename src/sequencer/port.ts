/** What the sequencer offers and what it needs; implementations stand elsewhere. */

import type { Block } from '../chain/block.ts';
import type { SignedDenial } from '../chain/denial.ts';
import type { PriorityOperation } from '../chain/priority-operation.ts';
import type { SignedTransaction } from '../chain/transaction.ts';
import type { BlockContext, ExecutionResult, StateReader, TransactionOutcome } from '../execution/port.ts';
import type { ClosedBatch } from './batch.ts';
import type { ResumePoint } from './resume-point.ts';

/** Durable, ordered, encrypted: the source of truth. */
export interface DurableLog {
  /**
   * Resolves when the entries are on disk, all of them or none. With `leaveReserve` they are refused with STORE_BUSY while only the room is left
   * that is kept for what the chain itself writes.
   */
  append(
    entries: readonly { readonly kind: string; readonly payload: Uint8Array }[],
    options?: { readonly leaveReserve?: boolean },
  ): Promise<void>;
}

/** Executes under one policy root. */
export interface Executor {
  executeTransaction(state: StateReader, block: BlockContext, transaction: SignedTransaction): TransactionOutcome;
  executeOperation(state: StateReader, block: BlockContext, operation: PriorityOperation): ExecutionResult;
}

/** The executor of a policy root, or undefined when this node has no policy with that root. */
export type ExecutorOf = (policyRoot: bigint) => Executor | undefined;

/**
 * A list that the policy of this root names and whose root, as `rootOf` tells it, belongs to no members that this node holds; undefined when
 * there is none. Membership cannot be judged without them.
 */
export type FindUnknownList = (policyRoot: bigint, rootOf: (list: bigint) => bigint) => bigint | undefined;

/** Confirmed L1 operations from `index` on, in order, at most `limit`. */
export type OperationsFrom = (index: bigint, limit: number) => PriorityOperation[];

/** Expected proving work of a transaction, in gates. */
export type GatesOf = (transaction: SignedTransaction) => number;

export type Outcome =
  | { readonly kind: 'pending' }
  | { readonly kind: 'included'; readonly block: bigint; readonly batch: bigint; readonly index: number }
  | { readonly kind: 'denied'; readonly denial: SignedDenial };

/** What was decided earlier about a hash, from the index of the store; undefined when the hash is unknown. */
export type FindOutcome = (hash: bigint) => Promise<Outcome | undefined>;

export interface SequencerEvents {
  /** The block is durable. Called in order. */
  onBlock(block: Block): void;
  /** `accepted` is false when it was refused at admission: that is no outcome of the hash. */
  onDenial(denial: SignedDenial, accepted: boolean): void;
  /**
   * The batch is complete and durable; the tree does not hold it yet. Whoever keeps `resume` with that tree can start there, as long as the
   * batch is not withdrawn.
   */
  onBatch(batch: ClosedBatch, resume: ResumePoint | undefined): void;
}
