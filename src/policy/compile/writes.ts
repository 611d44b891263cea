import { POLICY_TREE_DEPTH } from '../../chain/constants.ts';
import type { AbiParameter } from '../abi/types.ts';
import type { RuleFields } from '../port.ts';
import type { Report } from '../source/issue.ts';
import type { AlternativeSource, PolicySource } from '../source/policy-source.ts';
import { type Target, targetKey, WILDCARD } from '../target.ts';
import type { CompiledCondition } from './compiled-policy.ts';
import { resolveConditions } from './conditions.ts';
import { padConditions } from './leaf.ts';
import { type ResolvedTarget, resolveRoleMask, resolveTarget } from './names.ts';
import type { Scope } from './scope.ts';

/** The first two positions are the salt's and the exit rule's. */
export const RULES_MAX = 2 ** POLICY_TREE_DEPTH - 2;
export const FIRST_RULE_POSITION = 2;

/** A rule before it has a position. */
export interface DraftRule {
  readonly id: string;
  readonly targetId: string;
  readonly alternative: number;
  readonly fields: RuleFields;
  readonly conditions: readonly CompiledCondition[];
  readonly inputs: readonly AbiParameter[] | undefined;
  readonly wildcard: boolean;
  readonly text: string;
}

/** One rule an alternative, sorted by (storage, code, selector, order in file). */
export function resolveWrites(source: PolicySource, scope: Scope, allowWildcard: boolean, report: Report): DraftRule[] {
  const drafts: DraftRule[] = [];
  const seen = new Map<bigint, number>();
  for (const [i, { to, anyOf }] of source.writes.entries()) {
    const path = ['writes', i];
    const wildcard = to === 'any';
    if (wildcard && !allowWildcard) report('WILDCARD', [...path, 'to'], "'any' is for conformance tests only");
    const resolved = wildcard ? ANY_TARGET : resolveTarget(to, scope, [...path, 'to'], report);
    if (resolved === undefined) continue;
    const first = seen.get(targetKey(resolved.target));
    if (first !== undefined)
      report('DUPLICATE_RULE', [...path, 'to'], `'${to}' has rules already: put them into writes ${first + 1}`);
    seen.set(targetKey(resolved.target), i);
    drafts.push(...resolveAlternatives(anyOf, resolved, wildcard, scope, path, report));
  }
  if (drafts.length > RULES_MAX)
    report('TOO_MANY_RULES', ['writes'], `${drafts.length} rules; the tree holds ${RULES_MAX}`);
  return drafts
    .map((draft, order) => ({ draft, order }))
    .sort((x, y) => compareTargets(targetOfDraft(x.draft), targetOfDraft(y.draft)) || x.order - y.order)
    .map(({ draft }) => draft);
}

const ANY_TARGET: ResolvedTarget = { label: 'any', target: WILDCARD, contract: undefined, inputs: undefined };

function resolveAlternatives(
  alternatives: readonly AlternativeSource[],
  target: ResolvedTarget,
  wildcard: boolean,
  scope: Scope,
  path: readonly (string | number)[],
  report: Report,
): DraftRule[] {
  const targetId = `write.${target.label}`;
  const names = new Set<string>();
  const leaves = new Set<string>();
  return alternatives.flatMap((alternative, i) => {
    const at = [...path, 'anyOf', i];
    if (alternative.name !== undefined) {
      if (names.has(alternative.name)) report('DUPLICATE_NAME', [...at, 'name'], `'${alternative.name}' stands twice`);
      names.add(alternative.name);
    }
    const rolesMask = resolveRoleMask(alternative.roles, scope, [...at, 'roles'], report);
    const conditions = resolveConditions(alternative.conditions ?? [], target, scope, [...at, 'conditions'], report);
    if (conditions === undefined) return [];
    if (wildcard && (rolesMask !== 0n || conditions.length > 0))
      report('WILDCARD', at, "'any' takes neither roles nor conditions");
    const { storage, code, selector } = target.target;
    const fields = { storage, code, selector: BigInt(selector), rolesMask, conditions: padConditions(conditions) };
    const leaf = leafIdentity(rolesMask, conditions);
    if (leaves.has(leaf)) report('DUPLICATE_RULE', at, 'the same alternative stands twice');
    leaves.add(leaf);
    const who = rolesMask === 0n ? 'anyone' : alternative.roles.join(' or ');
    const text = [`${who} may use ${target.label}`, ...conditions.map((condition) => condition.text)].join('; ');
    const id = `${targetId}#${alternative.name ?? i + 1}`;
    return [{ id, targetId, alternative: i + 1, fields, conditions, inputs: target.inputs, wildcard, text }];
  });
}

/** Two alternatives with the same roles and the same set of conditions say the same. */
const leafIdentity = (rolesMask: bigint, conditions: readonly CompiledCondition[]): string =>
  [rolesMask, ...conditions.map(({ kind, path, a }) => `${kind}/${path}/${a}`).sort()].join(';');

const targetOfDraft = ({ fields }: DraftRule): Target => ({
  storage: fields.storage,
  code: fields.code,
  selector: Number(fields.selector),
});

function compareTargets(x: Target, y: Target): number {
  if (x.storage !== y.storage) return x.storage < y.storage ? -1 : 1;
  if (x.code !== y.code) return x.code < y.code ? -1 : 1;
  return x.selector - y.selector;
}
