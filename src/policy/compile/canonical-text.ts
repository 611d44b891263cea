import { type Canonical, canonicalJson } from '../canonical-json.ts';
import type { CallRule, EventRule, Grant, LimitRule } from './compiled-policy.ts';
import { LATER_SYSTEM_CONTRACTS, type Scope } from './scope.ts';
import type { DraftRule } from './writes.ts';

export interface PolicyContent {
  readonly name: string;
  readonly version: number;
  readonly saltName: string;
  readonly scope: Scope;
  readonly exitMask: bigint;
  readonly drafts: readonly DraftRule[];
  readonly grants: readonly Grant[];
  readonly calls: ReadonlyMap<bigint, readonly CallRule[]>;
  readonly events: ReadonlyMap<bigint, readonly EventRule[]>;
  readonly limits: readonly LimitRule[];
}

/** The whole meaning of a policy as one text, the same for every way of writing it down. The salt of the root covers it. */
export function canonicalPolicyText(content: PolicyContent): string {
  const contracts = [...content.scope.contracts.values()]
    .filter(({ name }) => !LATER_SYSTEM_CONTRACTS.has(name))
    .sort(byName)
    .map(({ name, address, code, functions, events }) => ({
      name,
      address,
      code,
      functions: functions.map(({ signature }) => signature).sort(),
      // Names of indexed parameters are how event rules refer to topics; the rules below stand resolved.
      events: events.map(({ signature }) => signature).sort(),
    }));
  return canonicalJson({
    format: 1,
    name: content.name,
    version: content.version,
    salt: content.saltName,
    roles: sorted(content.scope.roles).map(([name, bit]) => [name, bit]),
    lists: [...content.scope.lists.values()].sort(byName).map(({ name, id, kind }) => [name, id, kind]),
    contracts,
    exit: content.exitMask,
    writes: content.drafts.map(({ id, fields }) => ({
      id,
      ...fields,
      conditions: fields.conditions.map(({ kind, path, a, b }) => [kind, path, a, b]),
    })),
    reads: content.grants.map(grantText),
    calls: byKey(content.calls).map(([target, rules]) => [
      target,
      rules.map(({ id, who, ownWords }) => [id, set(who), ownWords]),
    ]),
    events: byKey(content.events).map(([address, rules]) => [
      address,
      rules.map(({ id, who, topic0, topics }) => [
        id,
        set(who),
        topic0 ?? null,
        topics.map(({ index, equals }) => [index, equals]),
      ]),
    ]),
    limits: content.limits.map(({ id, who, methods, perMinute }) => [id, set(who), set(methods), perMinute]),
  });
}

function grantText(grant: Grant): Canonical {
  const { id, accounts, transactions, logs, blocks, calls, submit, audit, storage } = grant;
  return {
    ...{ id, accounts, transactions, logs, blocks, calls, submit, audit, storage },
    who: set(grant.who),
    methods: set(grant.methods),
    contracts: [...grant.contracts].sort(byBigInt),
    slots: byKey(grant.slots).map(([address, slots]) => [address, [...slots].sort(byBigInt)]),
  };
}

const set = (values: ReadonlySet<string>): string[] => [...values].sort();
const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
const byBigInt = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const byKey = <V>(map: ReadonlyMap<bigint, V>): [bigint, V][] => [...map].sort(([a], [b]) => byBigInt(a, b));
const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
