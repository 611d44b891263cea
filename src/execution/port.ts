/** What the state transition gives to those who call it. It is deterministic and does no I/O. */

import type { BatchContext } from '../chain/block-context.ts';
import type { Log } from '../chain/log.ts';
import type { PriorityOperation } from '../chain/priority-operation.ts';
import type { SignedTransaction, UnsignedTransaction } from '../chain/transaction.ts';
import type { Word } from '../chain/word.ts';
import type { PolicyPort, WriteRequest } from '../policy/port.ts';

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

/** Code bytes by their keccak256: what a CODEHASH leaf names. */
export interface CodeReader {
  get(codeHash: bigint): Uint8Array | undefined;
}

/** Asked before each frame of the EVM: the outer call, inner calls (static and later reverted ones too), CREATE, and SELFDESTRUCT as a transfer. */
export type JudgeFrame = (
  frame: WriteRequest,
) => { readonly allow: true } | { readonly allow: false; readonly ruleId: string; readonly reason: string };

export interface FrameDenied {
  readonly kind: 'denied';
  readonly ruleId: string;
  readonly reason: string;
}

export type EvmTransaction = UnsignedTransaction & { readonly sender: bigint };

export interface EvmResult extends Omit<ExecutionResult, 'messages' | 'ruleId'> {
  readonly returnData: Uint8Array;
  /** The EVM's own word for why status is 0. */
  readonly error: string | undefined;
  readonly created: bigint | undefined;
  readonly deployed: readonly { readonly codeHash: bigint; readonly code: Uint8Array }[];
}

export type EvmOutcome =
  | { readonly kind: 'executed'; readonly result: EvmResult }
  | { readonly kind: 'invalid'; readonly code: InvalidCode; readonly reason: string }
  | FrameDenied;

/** eth_call and eth_estimateGas: no signature, no nonce, no fee. */
export interface CallRequest {
  readonly from: bigint;
  /** Absent: contract creation. */
  readonly to: bigint | undefined;
  readonly value: bigint;
  readonly data: Uint8Array;
  /** Capped by the engine; absent means the cap. */
  readonly gas: bigint | undefined;
}

/** `reverted` carries the revert data; `failed` is any other end of the EVM, out of gas for one. */
export type CallOutcome =
  | { readonly kind: 'returned'; readonly data: Uint8Array; readonly gasUsed: bigint }
  | { readonly kind: 'reverted'; readonly data: Uint8Array; readonly gasUsed: bigint }
  | { readonly kind: 'failed'; readonly reason: string; readonly gasUsed: bigint }
  | FrameDenied;

export type EstimateOutcome =
  | { readonly kind: 'estimated'; readonly gas: bigint }
  | Exclude<CallOutcome, { readonly kind: 'returned' }>;

/** The full EVM, Cancun. Nothing it executes is provable yet: for eth_call, eth_estimateGas and the official tests. Runs one at a time. */
export interface EvmPort {
  call(state: StateReader, block: BlockContext, request: CallRequest, judge: JudgeFrame): Promise<CallOutcome>;
  estimateGas(
    state: StateReader,
    block: BlockContext,
    request: CallRequest,
    judge: JudgeFrame,
  ): Promise<EstimateOutcome>;
  executeTransaction(
    state: StateReader,
    block: BlockContext,
    transaction: EvmTransaction,
    judge: JudgeFrame,
  ): Promise<EvmOutcome>;
}

/** One instruction before it runs, as the witness of the zkEVM needs it. Frames follow from `depth`. */
export interface EvmStep {
  /** 0 for the outer call. */
  readonly depth: number;
  readonly pc: number;
  readonly opcode: number;
  /** Left in the frame before the instruction. */
  readonly gas: bigint;
  /** What the instruction takes, static and dynamic; of a call without what it hands to its callee. */
  readonly cost: bigint;
  /** Bottom first. */
  readonly stack: readonly bigint[];
  /** Whose code runs, and whose storage it sees. */
  readonly code: bigint;
  readonly storage: bigint;
}

export interface EvmTrace {
  readonly outcome: EvmOutcome;
  /** In order of execution, of all frames. */
  readonly steps: readonly EvmStep[];
}

/** The EVM with every instruction seen. Slow, and proportional in memory to steps times stack height: for witnesses and benches. */
export interface EvmTracePort {
  traceTransaction(
    state: StateReader,
    block: BlockContext,
    transaction: EvmTransaction,
    judge: JudgeFrame,
  ): Promise<EvmTrace>;
}
