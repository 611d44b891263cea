/** What policy gives to other layers: types only. Decisions are pure; nobody but this layer can make a permit. */

import type { Identity } from '../chain/identity.ts';
import type { MethodClass } from './method-class.ts';
import type { ReadPermit, WritePermit } from './permit.ts';

export type { ListWitness } from './lists/list-tree.ts';
export type { MethodClass } from './method-class.ts';
export type { Permit, ReadPermit, WritePermit } from './permit.ts';

/** Who asks. `roles` are console roles of the person or machine: they never stand in for IDENTITY bits of an address. */
export interface Principal {
  readonly kind: 'user' | 'machine' | 'anonymous';
  /** Stable id of (issuer, subject); empty for anonymous. */
  readonly subject: string;
  readonly roles: readonly string[];
  /** Addresses proven to belong to the subject. */
  readonly wallets: readonly bigint[];
}

/** What a decision may look up. Synchronous: state is in memory. */
export interface PolicyFacts {
  identity(address: bigint): Identity;
  /** Membership in the L1-approved root of a list; false while the root is 0. */
  isInListRoot(list: bigint, address: bigint): boolean;
  /** LIST(list, address) is set. */
  isInListLeaf(list: bigint, address: bigint): boolean;
}

/** An outer transaction, or one frame of it. */
export interface WriteRequest {
  readonly signer: bigint;
  /** The account called or paid; undefined creates a contract. */
  readonly to: bigint | undefined;
  /** Address whose code runs; undefined when `to` has none (then empty data is a native transfer). */
  readonly code?: bigint | undefined;
  /** Address whose storage the code sees; `to` unless the frame is a DELEGATECALL or CALLCODE. */
  readonly storage?: bigint | undefined;
  readonly value: bigint;
  readonly data: Uint8Array;
  /** Unix seconds. */
  readonly blockTimestamp: bigint;
}

/** Why a write was refused: for compliance only, never for the sender (G5). */
export type DenialCause =
  | 'signer-frozen'
  | 'no-rule'
  | 'arguments-not-canonical'
  | 'role-missing'
  | 'condition-failed'
  | 'not-own-wallet'
  | 'method-forbidden';

export interface WriteAllowed {
  readonly allow: true;
  readonly ruleId: string;
  /** 1-based alternative within its target. */
  readonly alternative: number;
  /** Position of the rule's leaf in the policy tree: what the witness builder opens. */
  readonly position: number;
}

export interface Denied {
  readonly allow: false;
  /** The only thing the sender learns. */
  readonly code: 'POLICY_DENIED';
  readonly ruleId: string;
  readonly cause: DenialCause;
  readonly reason: string;
}

export type WriteDecision = WriteAllowed | Denied;

/** A forced withdrawal, judged by the exit rule. */
export interface ExitRequest {
  readonly sender: bigint;
  readonly blockTimestamp: bigint;
}

/** Of a log, what event rules look at. */
export interface LogFacts {
  readonly address: bigint;
  readonly topics: readonly bigint[];
}

/** Of a transaction, what read rules look at. */
export interface TransactionFacts {
  readonly from: bigint;
  readonly to: bigint | undefined;
  readonly logs: readonly LogFacts[];
}

export type ReadRequest =
  | { readonly kind: 'method'; readonly method: string }
  /** Balance, nonce and code. */
  | { readonly kind: 'account'; readonly address: bigint }
  | { readonly kind: 'storage'; readonly address: bigint; readonly slot: bigint }
  /** A transaction, its receipt and its place in a block. */
  | { readonly kind: 'transaction'; readonly transaction: TransactionFacts }
  /** One log outside its receipt: eth_getLogs, filters, subscriptions. */
  | { readonly kind: 'log'; readonly log: LogFacts; readonly from: bigint; readonly to: bigint | undefined }
  | { readonly kind: 'block' }
  /** Outcome of a submitted transaction. */
  | { readonly kind: 'outcome'; readonly sender: bigint }
  /** Audit log, denials with their reasons, batch records. */
  | { readonly kind: 'audit' };

/**
 * - `full`: everything.
 * - `filtered`: of a block, header fields that reveal nothing and the transactions that are visible one by one.
 * - `logs`: of a transaction, only the logs at `logIndexes`; input blanked, bloom zero.
 */
export type ReadDecision =
  | { readonly allow: true; readonly ruleId: string; readonly view: 'full' | 'filtered' }
  | { readonly allow: true; readonly ruleId: string; readonly view: 'logs'; readonly logIndexes: readonly number[] }
  | { readonly allow: false; readonly ruleId: string; readonly reason: string };

/** A rule as people see it: `proven` rules are leaves that the circuit checks; `enforced` ones rest on this server. */
export interface RuleSummary {
  readonly id: string;
  readonly assurance: 'proven' | 'enforced';
  readonly text: string;
}

export interface RateLimit {
  readonly ruleId: string;
  readonly perMinute: number;
}

export interface RuleFields {
  readonly storage: bigint;
  readonly code: bigint;
  readonly selector: bigint;
  readonly rolesMask: bigint;
  /** Always four; unused ones are all zero. */
  readonly conditions: readonly ConditionFields[];
}

export interface ConditionFields {
  readonly kind: number;
  readonly path: number;
  readonly a: bigint;
  readonly b: bigint;
}

/** What the circuit needs to open one rule under the policy root. */
export interface RuleWitness {
  readonly position: number;
  /** From the leaf up, 16 of them. */
  readonly siblings: readonly bigint[];
  readonly fields: RuleFields;
}

export interface ExitWitness {
  readonly position: number;
  readonly siblings: readonly bigint[];
  readonly rolesMask: bigint;
}

/** A transaction as the sequencer holds it when it asks for a permit. */
export interface SubmittedTransaction extends WriteRequest {
  readonly hash: Uint8Array;
}

export type WriteAuthorization = { readonly permit: WritePermit } | { readonly denial: Denied };
export type ReadAuthorization =
  | { readonly permit: ReadPermit }
  | { readonly denial: { readonly allow: false; readonly ruleId: string; readonly reason: string } };

/** One compiled policy, ready to decide. */
export interface PolicyPort {
  readonly name: string;
  readonly version: number;
  readonly root: bigint;
  /** Lists named by the policy: id -> name. */
  readonly lists: ReadonlyMap<bigint, string>;
  /** Role names and their IDENTITY bits. */
  readonly roles: ReadonlyMap<string, number>;

  decideWrite(request: WriteRequest, facts: PolicyFacts): WriteDecision;
  decideExit(request: ExitRequest, facts: PolicyFacts): WriteDecision;
  decideRead(principal: Principal, request: ReadRequest): ReadDecision;
  /** eth_call and eth_estimateGas: `from` belongs to the reader and the function is open to reading or writing. Also for each inner frame. */
  decideCall(principal: Principal, request: WriteRequest, facts: PolicyFacts): ReadDecision;
  /** Where to look for logs that the filter could return and the reader may see; at most `max + 1` audiences, and none when there is nothing. */
  logAudiences(principal: Principal, filter: LogFilter, max: number): LogAudiences;
  limitFor(principal: Principal, method: MethodClass): RateLimit | undefined;

  authorizeWrite(principal: Principal, transaction: SubmittedTransaction, facts: PolicyFacts): WriteAuthorization;
  authorizeRead(principal: Principal, request: ReadRequest): ReadAuthorization;

  ruleWitness(ruleId: string): RuleWitness;
  exitWitness(): ExitWitness;
}

/** Logs of one kind that a rule shows to a reader, each of them. */
export type LogAudience =
  /** Of transactions that the address sent or was sent. */
  | { readonly kind: 'party'; readonly address: bigint }
  /** Of this contract, with these topics where they are given. */
  | { readonly kind: 'event'; readonly address: bigint; readonly topics: readonly (bigint | undefined)[] };

/** `all`: the reader sees every log. */
export type LogAudiences = 'all' | readonly LogAudience[];

/** eth_getLogs: no addresses means any; a topic position is undefined (any) or a set. */
export interface LogFilter {
  readonly addresses: readonly bigint[];
  readonly topics: readonly (readonly bigint[] | undefined)[];
}
