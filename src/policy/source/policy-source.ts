import type { MethodClass } from '../method-class.ts';

/** A policy file as `policies/policy.schema.json` admits it. */
export interface PolicySource {
  readonly name: string;
  readonly version: number;
  readonly salt: string;
  readonly roles?: Readonly<Record<string, number>>;
  readonly lists?: Readonly<Record<string, ListSource>>;
  readonly contracts?: Readonly<Record<string, ContractSource>>;
  readonly exits: { readonly roles: readonly string[] };
  readonly writes: readonly WriteSource[];
  readonly reads: readonly ReadSource[];
  readonly calls?: readonly CallSource[];
  readonly events?: readonly EventSource[];
  readonly limits?: readonly LimitSource[];
}

export interface ListSource {
  readonly id: number;
  readonly kind: 'deny' | 'allow';
}

export interface ContractSource {
  readonly address: string;
  readonly code?: string;
  readonly functions?: readonly string[];
  readonly events?: readonly string[];
  readonly abi?: readonly unknown[];
}

export interface WriteSource {
  readonly to: string;
  readonly anyOf: readonly AlternativeSource[];
}

export interface AlternativeSource {
  readonly name?: string;
  readonly roles: readonly string[];
  readonly conditions?: readonly ConditionSource[];
}

export interface ConditionSource {
  readonly valueAtMost?: string;
  readonly account?: string;
  readonly holdsRole?: readonly string[];
  readonly notFrozen?: true;
  readonly inList?: string;
  readonly notInList?: string;
}

export interface ReadSource {
  readonly name: string;
  readonly who: readonly string[];
  readonly methods?: readonly MethodClass[];
  readonly accounts?: 'none' | 'own' | 'all';
  readonly contracts?: readonly string[];
  readonly transactions?: 'none' | 'party' | 'all';
  readonly logs?: 'none' | 'rules' | 'party' | 'all';
  readonly blocks?: 'none' | 'filtered' | 'full';
  readonly calls?: 'none' | 'rules' | 'all';
  readonly submit?: 'none' | 'own' | 'any';
  readonly audit?: boolean;
  readonly storage?: 'none' | 'all';
  readonly slots?: readonly { readonly contract: string; readonly slots: readonly string[] }[];
}

export interface CallSource {
  readonly to: string;
  readonly name?: string;
  readonly who: readonly string[];
  readonly arguments?: Readonly<Record<string, 'own'>>;
}

export interface EventSource {
  readonly on: string;
  readonly name?: string;
  readonly who: readonly string[];
  readonly anyOf: readonly Readonly<Record<string, string>>[];
}

export interface LimitSource {
  readonly name: string;
  readonly who: readonly string[];
  readonly methods: readonly MethodClass[];
  readonly perMinute: number;
}
