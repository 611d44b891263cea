import { addressWordOf } from '../abi/argument-path.ts';
import { parseAddress } from '../source/address.ts';
import type { Report } from '../source/issue.ts';
import type { EventSource, PolicySource, ReadSource } from '../source/policy-source.ts';
import { targetKey } from '../target.ts';
import type { CallRule, CompiledContract, EventRule, Grant, LimitRule, TopicCondition } from './compiled-policy.ts';
import { resolveTarget, resolveWho } from './names.ts';
import type { Scope } from './scope.ts';

type Path = readonly (string | number)[];

export function resolveGrants(source: PolicySource, scope: Scope, report: Report): Grant[] {
  refuseRepeatedNames(source.reads, 'reads', report);
  return source.reads.map((read, i) => resolveGrant(read, scope, ['reads', i], report));
}

function resolveGrant(read: ReadSource, scope: Scope, path: Path, report: Report): Grant {
  const address = (name: string, at: Path): bigint | undefined => {
    const contract = scope.contracts.get(name);
    if (contract === undefined) report('UNKNOWN_CONTRACT', at, `no contract '${name}'`);
    return contract?.address;
  };
  const contracts = (read.contracts ?? []).map((name, i) => address(name, [...path, 'contracts', i]));
  const slots = new Map<bigint, Set<bigint>>();
  for (const [i, entry] of (read.slots ?? []).entries()) {
    const at = address(entry.contract, [...path, 'slots', i, 'contract']);
    if (at !== undefined) slots.set(at, new Set([...(slots.get(at) ?? []), ...entry.slots.map(BigInt)]));
  }
  return {
    id: `read.${read.name}`,
    who: resolveWho(read.who, scope, [...path, 'who'], report),
    methods: new Set(read.methods ?? []),
    accounts: read.accounts ?? 'none',
    contracts: new Set(contracts.filter((contract) => contract !== undefined)),
    transactions: read.transactions ?? 'none',
    logs: read.logs ?? 'none',
    blocks: read.blocks ?? 'none',
    calls: read.calls ?? 'none',
    submit: read.submit ?? 'none',
    audit: read.audit ?? false,
    storage: read.storage ?? 'none',
    slots,
  };
}

export function resolveCalls(source: PolicySource, scope: Scope, report: Report): Map<bigint, CallRule[]> {
  const calls = new Map<bigint, CallRule[]>();
  const ids = new Set<string>();
  for (const [i, call] of (source.calls ?? []).entries()) {
    const path = ['calls', i];
    const target = resolveTarget(call.to, scope, [...path, 'to'], report);
    if (target === undefined) continue;
    const key = targetKey(target.target);
    const rules = calls.get(key) ?? [];
    const id = `call.${target.label}#${call.name ?? rules.length + 1}`;
    if (ids.has(id)) report('DUPLICATE_NAME', path, `'${id}' stands twice`);
    ids.add(id);
    const ownWords = Object.keys(call.arguments ?? {}).flatMap((argument) => {
      const found = addressWordOf(target.inputs ?? [], argument);
      if ('word' in found) return [found.word];
      report('UNKNOWN_ARGUMENT', [...path, 'arguments', argument], found.reason);
      return [];
    });
    rules.push({
      id,
      who: resolveWho(call.who, scope, [...path, 'who'], report),
      inputs: target.inputs,
      ownWords: ownWords.sort((a, b) => a - b),
    });
    calls.set(key, rules);
  }
  return calls;
}

export function resolveEvents(source: PolicySource, scope: Scope, report: Report): Map<bigint, EventRule[]> {
  const events = new Map<bigint, EventRule[]>();
  const ids = new Set<string>();
  const counts = new Map<string, number>();
  for (const [i, event] of (source.events ?? []).entries()) {
    const path = ['events', i];
    const on = resolveEvent(event, scope, path, report);
    if (on === undefined) continue;
    const who = resolveWho(event.who, scope, [...path, 'who'], report);
    for (const [j, alternative] of event.anyOf.entries()) {
      const topics = resolveTopics(alternative, on.indexed, [...path, 'anyOf', j], report);
      const count = (counts.get(on.label) ?? 0) + 1;
      counts.set(on.label, count);
      const id = `event.${on.label}#${event.name === undefined ? count : `${event.name}.${j + 1}`}`;
      if (ids.has(id)) report('DUPLICATE_NAME', path, `'${id}' stands twice`);
      ids.add(id);
      const rules = events.get(on.contract.address) ?? [];
      rules.push({ id, who, address: on.contract.address, topic0: on.topic0, topics });
      events.set(on.contract.address, rules);
    }
  }
  return events;
}

interface ResolvedEvent {
  readonly label: string;
  readonly contract: CompiledContract;
  readonly topic0: bigint | undefined;
  readonly indexed: readonly string[];
}

function resolveEvent(event: EventSource, scope: Scope, path: Path, report: Report): ResolvedEvent | undefined {
  const dot = event.on.indexOf('.');
  const [contractName, member] = [event.on.slice(0, dot), event.on.slice(dot + 1)];
  const contract = scope.contracts.get(contractName);
  if (contract === undefined) {
    report('UNKNOWN_CONTRACT', [...path, 'on'], `no contract '${contractName}'`);
    return undefined;
  }
  if (member === '*') return { label: event.on, contract, topic0: undefined, indexed: [] };
  const found = contract.events.filter(
    ({ name, signature }) => name === member || signature === member.replaceAll(' ', ''),
  );
  if (found.length !== 1) {
    const problem = found.length === 0 ? 'has no event' : 'has more than one event';
    report('UNKNOWN_EVENT', [...path, 'on'], `contract '${contractName}' ${problem} '${member}'`);
    return undefined;
  }
  const { topic, indexed } = found[0]!;
  return { label: event.on.replaceAll(' ', ''), contract, topic0: topic, indexed };
}

function resolveTopics(
  alternative: Readonly<Record<string, string>>,
  indexed: readonly string[],
  path: Path,
  report: Report,
): TopicCondition[] {
  const topics = Object.entries(alternative).flatMap(([name, value]): TopicCondition[] => {
    const numbered = /^topic([1-3])$/.exec(name);
    const index = numbered === null ? indexed.indexOf(name) + 1 : Number(numbered[1]);
    if (index === 0) {
      report('UNKNOWN_ARGUMENT', [...path, name], `no indexed parameter '${name}'`);
      return [];
    }
    const equals = value === 'own' ? value : value.length === 42 ? parseAddress(value) : BigInt(value);
    if (equals === undefined) {
      report('BAD_ADDRESS', [...path, name], 'the EIP-55 checksum is wrong');
      return [];
    }
    return [{ index, equals }];
  });
  return topics.sort((a, b) => a.index - b.index);
}

export function resolveLimits(source: PolicySource, scope: Scope, report: Report): LimitRule[] {
  const limits = source.limits ?? [];
  refuseRepeatedNames(limits, 'limits', report);
  return limits.map((limit, i) => ({
    id: `limit.${limit.name}`,
    who: resolveWho(limit.who, scope, ['limits', i, 'who'], report),
    methods: new Set(limit.methods),
    perMinute: limit.perMinute,
  }));
}

function refuseRepeatedNames(entries: readonly { readonly name: string }[], section: string, report: Report): void {
  const seen = new Set<string>();
  for (const [i, { name }] of entries.entries()) {
    if (seen.has(name)) report('DUPLICATE_NAME', [section, i, 'name'], `'${name}' stands twice`);
    seen.add(name);
  }
}
