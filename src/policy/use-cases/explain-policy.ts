import type { CompiledPolicy } from '../compile/compiled-policy.ts';
import { explainWrite, type WriteExplanation } from '../explain-write.ts';
import type { PolicyFacts, WriteRequest } from '../port.ts';

/** `privity policy explain`: a decision as lines of text, for compliance. */
export function explainPolicy(policy: CompiledPolicy, request: WriteRequest, facts: PolicyFacts): string[] {
  return formatExplanation(explainWrite(policy, request, facts));
}

export function formatExplanation({
  decision,
  targetId,
  signerFrozen,
  argumentsCanonical,
  alternatives,
}: WriteExplanation): string[] {
  const mark = (holds: boolean) => (holds ? 'yes' : 'no ');
  return [
    decision.allow ? `allowed by ${decision.ruleId}` : `denied by ${decision.ruleId}: ${decision.reason}`,
    targetId === undefined ? 'no rule speaks of this target: denied by default' : `target ${targetId}`,
    ...(signerFrozen ? ['the signer is frozen: denied whatever the rules say'] : []),
    ...(argumentsCanonical ? [] : ['the arguments are not strictly canonical ABI']),
    ...alternatives.flatMap(({ ruleId, text, roleHeld, conditions }) => [
      `${ruleId}: ${text}`,
      `  ${mark(roleHeld)} role`,
      ...conditions.map((condition) => `  ${mark(condition.holds)} ${condition.text}`),
    ]),
  ];
}
