import type { CompiledRule, CompiledTarget } from '../compile/compiled-policy.ts';

/** Sets of held roles that are remembered for a target; a bank has few, and the memory stays bounded whatever comes. */
const ROLE_SETS_MAX = 256;

const remembered = new WeakMap<CompiledTarget, Map<bigint, readonly CompiledRule[]>>();

/**
 * The target's rules whose roles are met by `held`, in leaf order. A target may have a thousand alternatives of which a signer's roles meet
 * three, so the choice is remembered by role set: the result is the same with or without.
 */
export function candidatesOf(target: CompiledTarget, held: bigint): readonly CompiledRule[] {
  let bySet = remembered.get(target);
  if (bySet === undefined) {
    bySet = new Map();
    remembered.set(target, bySet);
  }
  const known = bySet.get(held);
  if (known !== undefined) return known;
  const found = target.rules.filter(({ fields }) => fields.rolesMask === 0n || (fields.rolesMask & held) !== 0n);
  if (bySet.size >= ROLE_SETS_MAX) bySet.clear();
  bySet.set(held, found);
  return found;
}
