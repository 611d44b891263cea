/** What the HTTP side needs of the rest of the node, as narrow as it uses it. Every read of chain data takes a permit (G5). */

import type { Principal } from '../access/port.ts';
import type { Block, BlockItem } from '../chain/block.ts';
import type { SignedTransaction } from '../chain/transaction.ts';
import type { LogAudiences, LogFilter, MethodClass, PolicyFacts, PolicyPort, ReadPermit } from '../policy/port.ts';
import type { Outcome } from '../sequencer/port.ts';

export type { Principal };

export interface BlockView {
  readonly block: Block;
  /** Last sealed state root at the time of the block. */
  readonly stateRoot: bigint;
}

export interface LocatedItem {
  readonly view: BlockView;
  readonly item: BlockItem;
}

export interface AccountView {
  readonly balance: bigint;
  readonly nonce: bigint;
  readonly code: Uint8Array;
}

export interface ChainHeads {
  readonly latest: bigint;
  /** Last block of a batch committed on L1. */
  readonly safe: bigint;
  /** Last block of a batch executed on L1. */
  readonly finalized: bigint;
}

export interface LogQuery extends LogFilter {
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
  readonly audiences: LogAudiences;
  /** Entries of the index that may be read. */
  readonly entriesMax: number;
}

/** Read half of the chain. Blocks, items and logs are taken under a method's permit and then judged one by one. */
export interface ChainReader {
  heads(): ChainHeads;
  /** Wei a gas. */
  baseFee(): bigint;
  /** Whether accounts as of the block can be read: the newest one, and those that end a batch sealed not long ago. */
  hasState(block: bigint): Promise<boolean>;
  /** `pending` counts accepted transactions that wait, in the nonce alone. */
  account(address: bigint, at: bigint | 'pending', permit: ReadPermit): Promise<AccountView>;
  blockByNumber(number: bigint, permit: ReadPermit): Promise<BlockView | undefined>;
  blockByHash(hash: bigint, permit: ReadPermit): Promise<BlockView | undefined>;
  itemByHash(hash: bigint, permit: ReadPermit): Promise<LocatedItem | undefined>;
  /** Accepted, not yet in a block. */
  pendingTransaction(hash: bigint, permit: ReadPermit): SignedTransaction | undefined;
  /**
   * Blocks, ascending, with all that the query selects; also others: the caller filters and judges again. How many are looked at follows from
   * what its audiences see alone. Throws RPC_LOGS_SCAN.
   */
  logBlocks(query: LogQuery, permit: ReadPermit): AsyncIterable<BlockView>;
}

export interface Submitter {
  /** Durable when it resolves, with the transaction's hash. Mints the write permit itself from principal and transaction. */
  submit(raw: Uint8Array, principal: Principal): Promise<bigint>;
}

export interface CallRequest {
  readonly from: bigint;
  readonly to: bigint | undefined;
  readonly data: Uint8Array;
  readonly value: bigint;
  readonly gas: bigint | undefined;
  readonly maxFeePerGas: bigint | undefined;
}

export type CallResult =
  | { readonly kind: 'returned'; readonly data: Uint8Array }
  | { readonly kind: 'reverted'; readonly data: Uint8Array };

/** Runs without effect. Judges inner frames by the same policy for the permit's principal; throws a coded error on a denial. */
export interface Simulator {
  call(request: CallRequest, at: bigint, permit: ReadPermit): Promise<CallResult>;
  estimateGas(request: CallRequest, permit: ReadPermit): Promise<bigint>;
}

export interface OutcomeView {
  readonly sender: bigint;
  readonly outcome: Outcome;
  /** Its batch is executed on L1: nothing can change it any more. */
  readonly final: boolean;
}

export interface OutcomeReader {
  outcome(hash: bigint, permit: ReadPermit): Promise<OutcomeView | undefined>;
}

/** JSON values: bigints are decimal strings or 0x quantities already. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface BatchAudit {
  /** Roots, L1 transactions, status. */
  describe(batch: bigint, permit: ReadPermit): Promise<JsonObject | undefined>;
  /** Runs the L1 verifier's bytecode on the stored proof and compares every root with L1. */
  verify(batch: bigint, permit: ReadPermit): Promise<JsonObject | undefined>;
}

/** Proof bundles; undefined while the batch is not executed on L1. */
export interface Disclosures {
  transaction(hash: bigint, permit: ReadPermit): Promise<JsonObject | undefined>;
  balance(address: bigint, permit: ReadPermit): Promise<JsonObject | undefined>;
}

export interface AuditSink {
  record(entry: { actor: string; action: string; resource: string; detail: Readonly<Record<string, string>> }): void;
}

export interface Probe {
  readonly name: string;
  readonly ok: boolean;
  /** Shown, but the node goes on without it: it does not make the node unready. */
  readonly besides?: true;
}

/** The policy in force and what it may look up; asked for anew at each request. */
export interface PolicySource {
  current(): PolicyPort;
  facts(): PolicyFacts;
  classOf(method: string): MethodClass | undefined;
}
