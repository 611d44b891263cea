import { holdsRole, isFrozen } from '../chain/identity.ts';
import { isCanonicalEncoding } from './abi/canonical.ts';
import type { CompiledPolicy } from './compile/compiled-policy.ts';
import { conditionHolds } from './decide/condition.ts';
import { decideWrite } from './decide/decide-write.ts';
import type { PolicyFacts, WriteDecision, WriteRequest } from './port.ts';
import { targetKey, targetOf } from './target.ts';

export interface WriteExplanation {
  readonly decision: WriteDecision;
  /** `write.token.transfer`; undefined when no rule speaks of it. */
  readonly targetId: string | undefined;
  readonly signerFrozen: boolean;
  readonly argumentsCanonical: boolean;
  /** Every alternative of the target, also those after the one that allowed. */
  readonly alternatives: readonly {
    readonly ruleId: string;
    readonly text: string;
    readonly roleHeld: boolean;
    readonly conditions: readonly { readonly text: string; readonly holds: boolean }[];
  }[];
}

/** Why a write is allowed or denied, alternative by alternative: for compliance, not for the sender (G5). */
export function explainWrite(policy: CompiledPolicy, request: WriteRequest, facts: PolicyFacts): WriteExplanation {
  const signer = facts.identity(request.signer);
  const target = targetOf(request);
  const found = target && policy.targets.get(targetKey(target));
  return {
    decision: decideWrite(policy, request, facts),
    targetId: found?.id,
    signerFrozen: isFrozen(signer),
    argumentsCanonical: found?.inputs === undefined || isCanonicalEncoding(found.inputs, request.data.subarray(4)),
    alternatives: (found?.rules ?? []).map((rule) => ({
      ruleId: rule.id,
      text: rule.text,
      roleHeld: rule.fields.rolesMask === 0n || holdsRole(signer, rule.fields.rolesMask, request.blockTimestamp),
      conditions: rule.conditions.map((condition) => ({
        text: condition.text,
        holds: conditionHolds(condition, request, facts),
      })),
    })),
  };
}
