/** What the state transition gives to those who call it. It is deterministic and does no I/O. */

import type { BatchContext } from '../chain/block-context.ts';
import type { Log } from '../chain/log.ts';
import type { PriorityOperation } from '../chain/priority-operation.ts';
import type { SignedTransaction } from '../chain/transaction.ts';
import type { Word } from '../chain/word.ts';
import type { PolicyPort } from '../policy/port.ts';

/** Values of tree leaves, by key; (0, 0) when absent. Synchronous: the working state is in memory. */
export interface StateReader {
  get(key: bigint): Word;
}

export interface BlockContext extends BatchContext {
  readonly chainId: bigint;
  readonly number: bigint;
  /** Unix seconds. */
  readonly timestamp: bigint;
  /** Hash of one of the last 256 blocks, 0 outside. */
  blockHash(number: bigint): bigint;
}

/** A leaf whose value a transaction changed; `before` differs from `after`. */
export interface LeafChange {
  readonly key: bigint;
  readonly before: Word;
  readonly after: Word;
}

/** A message to L1 before it has a batch and an index. */
export interface OutgoingMessage {
  readonly sender: bigint;
  readonly recipient: bigint;
  readonly token: bigint;
  readonly amount: bigint;
}

export interface ExecutionResult {
  readonly status: 0 | 1;
  readonly gasUsed: bigint;
  /** Wei a gas; 0 for operations. */
  readonly effectiveGasPrice: bigint;
  readonly logs: readonly Log[];
  readonly messages: readonly OutgoingMessage[];
  /** Ascending by key. */
  readonly changes: readonly LeafChange[];
  /** The rule that allowed it. */
  readonly ruleId: string;
}

/**
 * - `executed`: include it.
 * - `invalid`: it can never or not now be included (nonce, balance, gas): not a denial.
 * - `denied`: policy, or a precondition of a system contract.
 * - `unprovable`: outside what the circuits of this version prove (G2).
 */
export type TransactionOutcome =
  | { readonly kind: 'executed'; readonly result: ExecutionResult }
  | { readonly kind: 'invalid'; readonly code: InvalidCode; readonly reason: string }
  | { readonly kind: 'denied'; readonly ruleId: string; readonly reason: string }
  | { readonly kind: 'unprovable'; readonly code: UnprovableCode; readonly reason: string };

export type InvalidCode =
  | 'TX_NONCE_TOO_LOW'
  | 'TX_NONCE_TOO_HIGH'
  | 'TX_NONCE_MAX'
  | 'TX_INSUFFICIENT_FUNDS'
  | 'TX_INTRINSIC_GAS'
  | 'TX_FEE_TOO_LOW'
  | 'TX_PRIORITY_FEE_ABOVE_MAX'
  | 'TX_GAS_LIMIT'
  | 'TX_SENDER_NOT_EOA'
  | 'TX_INIT_CODE_SIZE'
  | 'TX_BALANCE_RANGE';

export type UnprovableCode =
  | 'UNPROVABLE_CONTRACT_CALL'
  | 'UNPROVABLE_DEPLOYMENT'
  | 'UNPROVABLE_ACCESS_LIST'
  | 'UNPROVABLE_RESERVED_RECIPIENT'
  | 'UNPROVABLE_CALLDATA';

/**
 * Membership in an L1-approved list, by its root; never asked for root 0. Throws when this node does not hold the list of that root: guessing
 * would be worse than stopping.
 */
export type IsInListRoot = (root: bigint, list: bigint, address: bigint) => boolean;

/** The policy in force, as the state transition asks it. */
export type ExecutionPolicy = Pick<PolicyPort, 'decideWrite' | 'decideExit'>;

/** One executor judges under one policy: all of a batch has the same. */
export interface ExecutionPort {
  /**
   * The block's remaining gas is the caller's to check: this compares `gasLimit` with the whole block's only. Messages of the batch likewise.
   */
  executeTransaction(state: StateReader, block: BlockContext, transaction: SignedTransaction): TransactionOutcome;
  /** Total: success or a coded refusal with status 0 and no changes. */
  executeOperation(state: StateReader, block: BlockContext, operation: PriorityOperation): ExecutionResult;
}
