/**
 * Policy file -> rule leaves, root and everything decisions need (docs/PROTOCOL.md 5). Deterministic: comments, whitespace, key order and the
 * order of rules with different targets change nothing; the same file and salt give the same root on any machine.
 */

import { assert } from '../../base/assert.ts';
import type { Secret } from '../../base/secret.ts';
import { POLICY_POSITION, POLICY_TREE_DEPTH } from '../../chain/constants.ts';
import { buildMerkleTree, type MerkleTree } from '../../chain/merkle.ts';
import { policyError } from '../errors.ts';
import { formatIssue, type PolicyIssue, type Report } from '../source/issue.ts';
import type { PolicySource } from '../source/policy-source.ts';
import { readPolicy } from '../source/read-policy.ts';
import { targetKey } from '../target.ts';
import { canonicalPolicyText } from './canonical-text.ts';
import type { CompiledPolicy, CompiledRule, CompiledTarget } from './compiled-policy.ts';
import { hashExit, hashPolicySalt, hashRule } from './leaf.ts';
import { resolveRoleMask } from './names.ts';
import { derivePolicySalt, requireSalt } from './policy-salt.ts';
import { resolveCalls, resolveEvents, resolveGrants, resolveLimits } from './reads.ts';
import { resolveScope } from './scope.ts';
import { summarise } from './summarise.ts';
import { type DraftRule, FIRST_RULE_POSITION, resolveWrites } from './writes.ts';

export interface CompileOptions {
  /** 32 bytes. */
  readonly salt: Secret<Uint8Array>;
  /** Lets `to: any` through: only conformance tests may, and no circuit matches the leaf. */
  readonly allowWildcard?: boolean;
}

export type CompileResult =
  | { readonly policy: CompiledPolicy; readonly issues: readonly [] }
  | { readonly policy: undefined; readonly issues: readonly PolicyIssue[] };

/** Throws POLICY_INVALID with every issue, one a line. */
export function compilePolicy(text: string, options: CompileOptions, file = 'policy'): CompiledPolicy {
  const { policy, issues } = tryCompilePolicy(text, options);
  if (policy !== undefined) return policy;
  const code = issues.some((issue) => issue.code === 'WILDCARD') ? 'POLICY_WILDCARD' : 'POLICY_INVALID';
  throw policyError(code, issues.map((issue) => formatIssue(issue, file)).join('\n'));
}

export function tryCompilePolicy(text: string, { salt, allowWildcard }: CompileOptions): CompileResult {
  requireSalt(salt);
  return compileSalted(text, { saltOf: (canonicalText) => derivePolicySalt(salt, canonicalText), allowWildcard });
}

interface SaltedOptions {
  readonly saltOf: (canonicalText: string) => bigint;
  readonly allowWildcard?: boolean | undefined;
}

/** For the built-in policy alone, whose root everybody must be able to compute: the salt is 0 and covers nothing. */
export function compileUnsalted(text: string): CompiledPolicy {
  const { policy } = compileSalted(text, { saltOf: () => 0n });
  assert(policy !== undefined, 'a built-in policy compiles');
  return policy;
}

function compileSalted(text: string, options: SaltedOptions): CompileResult {
  const read = readPolicy(text);
  if (read.source === undefined) return { policy: undefined, issues: read.issues };
  const issues: PolicyIssue[] = [];
  const report: Report = (code, path, message) => issues.push({ code, message, path, ...read.locate(path) });
  const policy = compileSource(read.source, options, report);
  if (issues.length > 0) return { policy: undefined, issues: issues.sort(byPlace) };
  return { policy: policy(), issues: [] };
}

const byPlace = (a: PolicyIssue, b: PolicyIssue): number => a.line - b.line || a.column - b.column;

/** Resolves at once, reporting what is wrong; hashes only when the result is asked for. */
function compileSource(source: PolicySource, options: SaltedOptions, report: Report): () => CompiledPolicy {
  const scope = resolveScope(source, report);
  const exitMask = resolveRoleMask(source.exits.roles, scope, ['exits', 'roles'], report);
  const drafts = resolveWrites(source, scope, options.allowWildcard ?? false, report);
  const grants = resolveGrants(source, scope, report);
  const calls = resolveCalls(source, scope, report);
  const events = resolveEvents(source, scope, report);
  const limits = resolveLimits(source, scope, report);
  return () => {
    const content = {
      name: source.name,
      version: source.version,
      saltName: source.salt,
      scope,
      exitMask,
      drafts,
      grants,
      calls,
      events,
      limits,
    };
    const salt = options.saltOf(canonicalPolicyText(content));
    const tree = policyTree(salt, exitMask, drafts);
    const rules = drafts.map(toRule);
    const summaries = summarise(rules, content);
    return {
      ...content,
      ...scope,
      ...indexRules(rules, drafts),
      root: tree.root,
      summaries,
      ...witnesses(tree, rules, exitMask),
    };
  };
}

function policyTree(salt: bigint, exitMask: bigint, drafts: readonly Pick<DraftRule, 'fields'>[]): MerkleTree {
  const leaves = [hashPolicySalt(salt), hashExit(exitMask), ...drafts.map(({ fields }) => hashRule(fields))];
  assert(POLICY_POSITION.SALT === 0 && POLICY_POSITION.EXIT === 1, 'salt and exit rule come first');
  return buildMerkleTree(leaves, POLICY_TREE_DEPTH);
}

function toRule({ id, targetId, alternative, fields, conditions, text }: DraftRule, index: number): CompiledRule {
  return { id, targetId, alternative, fields, conditions, text, position: index + FIRST_RULE_POSITION };
}

function indexRules(rules: readonly CompiledRule[], drafts: readonly DraftRule[]) {
  const ruleById = new Map(rules.map((rule) => [rule.id, rule]));
  assert(ruleById.size === rules.length, 'rule ids are unique');
  const targets = new Map<bigint, CompiledTarget & { rules: CompiledRule[] }>();
  for (const [i, rule] of rules.entries()) {
    const { storage, code, selector } = rule.fields;
    const key = targetKey({ storage, code, selector: Number(selector) });
    const target = targets.get(key) ?? { id: rule.targetId, rules: [], inputs: drafts[i]!.inputs };
    target.rules.push(rule);
    targets.set(key, target);
  }
  const wildcard = rules[drafts.findIndex((draft) => draft.wildcard)];
  return { rules, ruleById, targets, wildcard };
}

function witnesses(tree: MerkleTree, rules: readonly CompiledRule[], exitMask: bigint) {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return {
    ruleWitness(ruleId: string) {
      const rule = byId.get(ruleId);
      if (rule === undefined) throw policyError('POLICY_UNKNOWN_RULE', ruleId);
      return { position: rule.position, siblings: tree.siblings(rule.position), fields: rule.fields };
    },
    exitWitness: () => ({
      position: POLICY_POSITION.EXIT,
      siblings: tree.siblings(POLICY_POSITION.EXIT),
      rolesMask: exitMask,
    }),
  };
}
