/**
 * A precondition that does not hold: a denial for a transaction, status 0 for an operation (ADR 0003). Rule ids of the protocol's own rules
 * begin with `protocol:`, whatever the policy says.
 */
export interface Refusal {
  readonly ruleId: string;
  readonly reason: string;
}

export const refuse = (rule: string, reason: string): Refusal => ({ ruleId: `protocol:${rule}`, reason });
