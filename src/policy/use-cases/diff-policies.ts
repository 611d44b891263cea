import { canonicalJson } from '../canonical-json.ts';
import type { CompiledPolicy } from '../compile/compiled-policy.ts';
import { decideWrite } from '../decide/decide-write.ts';
import type { PolicyFacts, WriteRequest } from '../port.ts';

export interface PolicyDiff {
  readonly rootChanged: boolean;
  readonly added: readonly RuleText[];
  readonly removed: readonly RuleText[];
  readonly changed: readonly { readonly id: string; readonly before: string; readonly after: string }[];
}

interface RuleText {
  readonly id: string;
  readonly text: string;
}

/** `privity policy diff`: by rule id; a rule whose leaf or meaning differs is changed even when its words do not. */
export function diffPolicies(before: CompiledPolicy, after: CompiledPolicy): PolicyDiff {
  const old = describeRules(before);
  const now = describeRules(after);
  const missingFrom = (
    there: ReadonlyMap<string, DescribedRule>,
    here: ReadonlyMap<string, DescribedRule>,
  ): RuleText[] => [...here].filter(([id]) => !there.has(id)).map(([id, { text }]) => ({ id, text }));
  return {
    rootChanged: before.root !== after.root,
    added: missingFrom(old, now),
    removed: missingFrom(now, old),
    changed: [...now].flatMap(([id, rule]) => {
      const was = old.get(id);
      if (was === undefined || was.meaning === rule.meaning) return [];
      const same = was.text === rule.text;
      return [{ id, before: same ? was.meaning : was.text, after: same ? rule.meaning : rule.text }];
    }),
  };
}

interface DescribedRule {
  readonly text: string;
  readonly meaning: string;
}

function describeRules(policy: CompiledPolicy): Map<string, DescribedRule> {
  const names = (set: ReadonlySet<string>) => [...set].sort();
  const meanings = new Map<string, string>([['exit', canonicalJson(policy.exitMask)]]);
  for (const { id, fields } of policy.rules) {
    meanings.set(
      id,
      canonicalJson({ ...fields, conditions: fields.conditions.map((condition) => ({ ...condition })) }),
    );
  }
  for (const { id, who, methods, contracts, slots, ...scopes } of policy.grants) {
    const sets = { who: names(who), methods: names(methods), contracts: [...contracts].map(String).sort() };
    const visible = [...slots].map(([address, set]) => [address, [...set].map(String).sort()]);
    meanings.set(id, canonicalJson({ ...scopes, ...sets, slots: visible }));
  }
  for (const [target, rules] of policy.calls) {
    for (const { id, who, ownWords } of rules) meanings.set(id, canonicalJson([target, names(who), ownWords]));
  }
  for (const { id, who, address, topic0, topics } of [...policy.events.values()].flat()) {
    const conditions = topics.map(({ index, equals }) => [index, equals]);
    meanings.set(id, canonicalJson([address, topic0 ?? null, names(who), conditions]));
  }
  for (const { id, who, methods, perMinute } of policy.limits) {
    meanings.set(id, canonicalJson([names(who), names(methods), perMinute]));
  }
  return new Map(policy.summaries.map(({ id, text }) => [id, { text, meaning: meanings.get(id) ?? text }]));
}

export interface HistoricalWrite {
  readonly id: string;
  readonly request: WriteRequest;
  readonly facts: PolicyFacts;
}

export interface Simulation {
  readonly judged: number;
  readonly wouldBlock: readonly { readonly id: string; readonly ruleId: string; readonly reason: string }[];
  readonly wouldRelease: readonly { readonly id: string; readonly ruleId: string }[];
}

/** What a draft would have done to history: "would have blocked 14, released 2". */
export function simulatePolicy(
  before: CompiledPolicy,
  after: CompiledPolicy,
  history: Iterable<HistoricalWrite>,
): Simulation {
  const wouldBlock: Simulation['wouldBlock'][number][] = [];
  const wouldRelease: Simulation['wouldRelease'][number][] = [];
  let judged = 0;
  for (const { id, request, facts } of history) {
    judged += 1;
    const was = decideWrite(before, request, facts);
    const now = decideWrite(after, request, facts);
    if (was.allow && !now.allow) wouldBlock.push({ id, ruleId: now.ruleId, reason: now.reason });
    if (!was.allow && now.allow) wouldRelease.push({ id, ruleId: now.ruleId });
  }
  return { judged, wouldBlock, wouldRelease };
}
