import { CONDITION, CONDITIONS_MAX, TAG } from '../../chain/constants.ts';
import { p2 } from '../../chain/poseidon2.ts';
import type { ConditionFields, RuleFields } from '../port.ts';

const UNUSED: ConditionFields = { kind: CONDITION.NONE, path: 0, a: 0n, b: 0n };

/** Fills up to four. */
export const padConditions = (conditions: readonly ConditionFields[]): ConditionFields[] =>
  Array.from({ length: CONDITIONS_MAX }, (_, i) => {
    const { kind, path, a, b } = conditions[i] ?? UNUSED;
    return { kind, path, a, b };
  });

/** docs/PROTOCOL.md 5. */
export function hashRule({ storage, code, selector, rolesMask, conditions }: RuleFields): bigint {
  const flat = conditions.flatMap(({ kind, path, a, b }) => [BigInt(kind), BigInt(path), a, b]);
  return p2(TAG.RULE, storage, code, selector, rolesMask, p2(TAG.CONDS, ...flat));
}

export const hashExit = (rolesMask: bigint): bigint => p2(TAG.EXIT, rolesMask);

export const hashPolicySalt = (salt: bigint): bigint => p2(TAG.POLICY_SALT, salt);
