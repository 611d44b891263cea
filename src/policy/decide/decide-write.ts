/**
 * May this signer do this? Pure. Default deny; a frozen signer is denied whatever the rules say; the first rule of the target, in leaf order,
 * whose roles and conditions all hold allows (G1, G5). The circuit opens that rule's leaf and checks the same.
 */

import { holdsRole, type Identity, isFrozen } from '../../chain/identity.ts';
import { isCanonicalEncoding } from '../abi/canonical.ts';
import type { CompiledPolicy, CompiledRule, CompiledTarget } from '../compile/compiled-policy.ts';
import type { DenialCause, Denied, ExitRequest, PolicyFacts, WriteDecision, WriteRequest } from '../port.ts';
import { targetKey, targetOf } from '../target.ts';
import { candidatesOf } from './candidates.ts';
import { conditionHolds } from './condition.ts';

export const FROZEN_RULE_ID = 'deny.signer.frozen';
export const DEFAULT_RULE_ID = 'deny.default';
export const EXIT_RULE_ID = 'exit';

const ALL_ROLES = (1n << 128n) - 1n;

type WritePolicy = Pick<CompiledPolicy, 'targets' | 'wildcard'>;

export function decideWrite(policy: WritePolicy, request: WriteRequest, facts: PolicyFacts): WriteDecision {
  const signer = facts.identity(request.signer);
  if (isFrozen(signer)) return deny(FROZEN_RULE_ID, 'signer-frozen', 'the signer is frozen');
  if (policy.wildcard !== undefined) return allow(policy.wildcard);
  const target = targetOf(request);
  if (target === undefined) return deny(DEFAULT_RULE_ID, 'no-rule', 'creating a contract is open to nobody');
  const found = policy.targets.get(targetKey(target));
  if (found === undefined) return deny(DEFAULT_RULE_ID, 'no-rule', 'no rule speaks of this target');
  if (found.inputs !== undefined && !isCanonicalEncoding(found.inputs, request.data.subarray(4))) {
    return deny(found.id, 'arguments-not-canonical', 'the arguments are not strictly canonical ABI');
  }
  return judge(found, signer, request, facts);
}

function judge(target: CompiledTarget, signer: Identity, request: WriteRequest, facts: PolicyFacts): WriteDecision {
  let furthest: CompiledRule | undefined;
  let passed = -1;
  const held = holdsRole(signer, ALL_ROLES, request.blockTimestamp) ? signer.roles : 0n;
  for (const rule of candidatesOf(target, held)) {
    const failed = rule.conditions.findIndex((condition) => !conditionHolds(condition, request, facts));
    if (failed === -1) return allow(rule);
    if (failed > passed) {
      passed = failed;
      furthest = rule;
    }
  }
  if (furthest === undefined) return deny(target.id, 'role-missing', 'the signer holds no role that this asks for');
  return deny(furthest.id, 'condition-failed', `fails: ${furthest.conditions[passed]!.text}`);
}

/** docs/PROTOCOL.md 5, the exit rule. */
export function decideExit(
  policy: Pick<CompiledPolicy, 'exitMask'>,
  request: ExitRequest,
  facts: PolicyFacts,
): WriteDecision {
  const sender = facts.identity(request.sender);
  if (isFrozen(sender)) return deny(FROZEN_RULE_ID, 'signer-frozen', 'the sender is frozen');
  if (policy.exitMask !== 0n && !holdsRole(sender, policy.exitMask, request.blockTimestamp)) {
    return deny(EXIT_RULE_ID, 'role-missing', 'the sender holds no role that the exit rule asks for');
  }
  return { allow: true, ruleId: EXIT_RULE_ID, alternative: 1, position: 1 };
}

const allow = ({ id, alternative, position }: CompiledRule): WriteDecision => ({
  allow: true,
  ruleId: id,
  alternative,
  position,
});

export const deny = (ruleId: string, cause: DenialCause, reason: string): Denied => ({
  allow: false,
  code: 'POLICY_DENIED',
  ruleId,
  cause,
  reason,
});
