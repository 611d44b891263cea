import type { AbiParameter } from '../abi/types.ts';
import type { MethodClass } from '../method-class.ts';
import type { ConditionFields, ExitWitness, RuleFields, RuleSummary, RuleWitness } from '../port.ts';

/** A policy that has been checked and resolved: everything decisions need, nothing secret. */
export interface CompiledPolicy {
  readonly name: string;
  readonly version: number;
  readonly saltName: string;
  readonly root: bigint;
  readonly roles: ReadonlyMap<string, number>;
  readonly lists: ReadonlyMap<string, CompiledList>;
  readonly contracts: ReadonlyMap<string, CompiledContract>;
  /** 0: anybody who is not frozen. */
  readonly exitMask: bigint;
  /** In leaf order: the rule at index i stands at position i + 2. */
  readonly rules: readonly CompiledRule[];
  readonly ruleById: ReadonlyMap<string, CompiledRule>;
  readonly targets: ReadonlyMap<bigint, CompiledTarget>;
  /** Only in conformance tests. */
  readonly wildcard: CompiledRule | undefined;
  readonly grants: readonly Grant[];
  /** By target. */
  readonly calls: ReadonlyMap<bigint, readonly CallRule[]>;
  /** By contract address. */
  readonly events: ReadonlyMap<bigint, readonly EventRule[]>;
  readonly limits: readonly LimitRule[];
  /** Every rule, proven and enforced, for people. */
  readonly summaries: readonly RuleSummary[];
  ruleWitness(ruleId: string): RuleWitness;
  exitWitness(): ExitWitness;
}

export interface CompiledList {
  readonly name: string;
  readonly id: bigint;
  readonly kind: 'deny' | 'allow';
}

export interface CompiledContract {
  readonly name: string;
  readonly address: bigint;
  readonly code: bigint;
  readonly functions: readonly {
    readonly name: string;
    readonly signature: string;
    readonly selector: number;
    readonly inputs: readonly AbiParameter[];
  }[];
  readonly events: readonly {
    readonly name: string;
    readonly signature: string;
    readonly topic: bigint;
    readonly indexed: readonly string[];
  }[];
}

export interface CompiledTarget {
  /** `write.token.transfer`. */
  readonly id: string;
  readonly rules: readonly CompiledRule[];
  /** Of the function, for the canonical check; undefined for transfers, receive and fallback. */
  readonly inputs: readonly AbiParameter[] | undefined;
}

export interface CompiledRule {
  /** `write.token.transfer#1`, or `#name`. */
  readonly id: string;
  readonly targetId: string;
  /** 1-based. */
  readonly alternative: number;
  readonly position: number;
  readonly fields: RuleFields;
  /** The used ones of `fields.conditions`, with words for people. */
  readonly conditions: readonly CompiledCondition[];
  readonly text: string;
}

export interface CompiledCondition extends ConditionFields {
  readonly text: string;
}

/** Who an enforced rule speaks to: a console role, `user` (logged in) or `anonymous` (anybody). */
export type Who = ReadonlySet<string>;

export interface Grant {
  readonly id: string;
  readonly who: Who;
  readonly methods: ReadonlySet<MethodClass>;
  readonly accounts: 'none' | 'own' | 'all';
  readonly contracts: ReadonlySet<bigint>;
  readonly transactions: 'none' | 'party' | 'all';
  readonly logs: 'none' | 'rules' | 'party' | 'all';
  readonly blocks: 'none' | 'filtered' | 'full';
  readonly calls: 'none' | 'rules' | 'all';
  readonly submit: 'none' | 'own' | 'any';
  readonly audit: boolean;
  readonly storage: 'none' | 'all';
  readonly slots: ReadonlyMap<bigint, ReadonlySet<bigint>>;
}

export interface CallRule {
  readonly id: string;
  readonly who: Who;
  readonly inputs: readonly AbiParameter[] | undefined;
  /** Words that must be a wallet of the reader. */
  readonly ownWords: readonly number[];
}

export interface EventRule {
  readonly id: string;
  readonly who: Who;
  readonly address: bigint;
  /** Undefined: every event of the contract. */
  readonly topic0: bigint | undefined;
  /** All of them hold; none asks for nothing. */
  readonly topics: readonly TopicCondition[];
}

export interface TopicCondition {
  /** 1 to 3. */
  readonly index: number;
  /** A value, or any wallet of the reader. */
  readonly equals: bigint | 'own';
}

export interface LimitRule {
  readonly id: string;
  readonly who: Who;
  readonly methods: ReadonlySet<MethodClass>;
  readonly perMinute: number;
}
