import { CONDITION, CONDITIONS_MAX, PATH } from '../../chain/constants.ts';
import { addressWordOf } from '../abi/argument-path.ts';
import { formatAmount, parseAmount } from '../source/amount.ts';
import type { Report } from '../source/issue.ts';
import type { ConditionSource } from '../source/policy-source.ts';
import type { CompiledCondition } from './compiled-policy.ts';
import { type ResolvedTarget, resolveRoleMask } from './names.ts';
import type { Scope } from './scope.ts';

type Path = readonly (string | number)[];

const PREDICATES = ['holdsRole', 'notFrozen', 'inList', 'notInList'] as const;
const LIMB_END = 1n << 128n;

/** Undefined when something was reported. */
export function resolveConditions(
  sources: readonly ConditionSource[],
  target: ResolvedTarget,
  scope: Scope,
  path: Path,
  report: Report,
): CompiledCondition[] | undefined {
  const resolved = sources.map((source, i) => resolveCondition(source, target, scope, [...path, i], report));
  const conditions = resolved.filter((condition) => condition !== undefined);
  const seen = new Set<string>();
  for (const [i, { kind, path: account, a }] of conditions.entries()) {
    const identity = `${kind}/${account}/${kind === CONDITION.VALUE_AT_MOST ? '' : a}`;
    if (seen.has(identity)) report('DUPLICATE_RULE', [...path, i], 'the same condition stands twice');
    seen.add(identity);
  }
  if (conditions.length > CONDITIONS_MAX) report('BAD_CONDITION', path, `at most ${CONDITIONS_MAX} conditions`);
  return conditions.length === sources.length ? conditions : undefined;
}

function resolveCondition(
  source: ConditionSource,
  target: ResolvedTarget,
  scope: Scope,
  path: Path,
  report: Report,
): CompiledCondition | undefined {
  const bad = (message: string): undefined => void report('BAD_CONDITION', path, message);
  const predicates = PREDICATES.filter((name) => source[name] !== undefined);
  if (source.valueAtMost !== undefined) {
    if (source.account !== undefined || predicates.length > 0) return bad('valueAtMost stands alone');
    return valueCondition(source.valueAtMost, path, report);
  }
  if (source.account === undefined) return bad('names no account');
  if (predicates.length !== 1) return bad(`needs exactly one of ${PREDICATES.join(', ')}`);
  const account = resolveAccount(source.account, target, path, report);
  if (account === undefined) return undefined;
  const condition = (kind: number, a: bigint, text: string): CompiledCondition => ({
    kind,
    path: account,
    a,
    b: 0n,
    text: `${source.account} ${text}`,
  });

  if (source.holdsRole !== undefined) {
    const mask = resolveRoleMask(source.holdsRole, scope, [...path, 'holdsRole'], report);
    if (mask === 0n) return bad('holdsRole needs a role');
    return condition(CONDITION.ACCOUNT_HOLDS_ROLE, mask, `holds ${source.holdsRole.join(' or ')}`);
  }
  if (source.notFrozen === true) return condition(CONDITION.ACCOUNT_NOT_FROZEN, 0n, 'is not frozen');
  const field = source.inList === undefined ? 'notInList' : 'inList';
  const name = source.inList ?? source.notInList!;
  const list = scope.lists.get(name);
  if (list === undefined) return void report('UNKNOWN_LIST', [...path, field], `no list '${name}'`);
  if (list.kind !== (field === 'inList' ? 'allow' : 'deny')) {
    // A deny list counts its LIST leaves too and an allow list must not: the wrong one would let anyone inserted at once pass.
    return void report('LIST_KIND', [...path, field], `'${name}' is of kind ${list.kind}`);
  }
  return field === 'inList'
    ? condition(CONDITION.ACCOUNT_IN_LIST, list.id, `is in ${name}`)
    : condition(CONDITION.ACCOUNT_NOT_IN_LIST, list.id, `is not in ${name}`);
}

function valueCondition(text: string, path: Path, report: Report): CompiledCondition | undefined {
  const wei = parseAmount(text);
  if (wei === undefined || wei >= LIMB_END)
    return void report('BAD_AMOUNT', [...path, 'valueAtMost'], `'${text}' is no amount`);
  return { kind: CONDITION.VALUE_AT_MOST, path: 0, a: wei, b: 0n, text: `value at most ${formatAmount(wei)}` };
}

function resolveAccount(text: string, target: ResolvedTarget, path: Path, report: Report): number | undefined {
  if (text === 'signer') return PATH.SIGNER;
  if (text === 'to') {
    if (target.contract === undefined) return PATH.TO;
    // There `to` is the contract itself, so the condition would say nothing about whom the author meant.
    report('BAD_CONDITION', [...path, 'account'], "'to' is for native.transfer; name an argument, as in argument.to");
    return undefined;
  }
  if (target.inputs === undefined) {
    report('UNKNOWN_ARGUMENT', [...path, 'account'], `${target.label} has no argument '${text}'`);
    return undefined;
  }
  const found = addressWordOf(target.inputs, text.replace(/^argument\./, ''));
  if ('reason' in found) {
    report('UNKNOWN_ARGUMENT', [...path, 'account'], found.reason);
    return undefined;
  }
  return PATH.ARGUMENT + found.word;
}
