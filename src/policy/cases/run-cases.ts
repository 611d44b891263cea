import type { CompiledPolicy } from '../compile/compiled-policy.ts';
import { decideCall } from '../decide/decide-call.ts';
import { decideRead } from '../decide/decide-read.ts';
import { decideExit, decideWrite } from '../decide/decide-write.ts';
import type { PolicyFacts, ReadDecision, WriteDecision } from '../port.ts';
import type { Case, CaseAnswer, CaseTable } from './case-table.ts';

export interface CaseOutcome {
  readonly answer: CaseAnswer;
  /** Undefined where the one who answers does not tell (a live RPC to a sender): then only the answer is compared. */
  readonly ruleId: string | undefined;
}

export interface CaseResult {
  readonly case: Case;
  readonly passed: boolean;
  readonly actual: CaseOutcome;
}

/** Answers every row with `decide` and compares. */
export async function runCases(
  table: CaseTable,
  decide: (testCase: Case) => CaseOutcome | Promise<CaseOutcome>,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const testCase of table.cases) {
    const actual = await decide(testCase);
    const { answer, ruleId } = testCase.expected;
    const passed = actual.answer === answer && (actual.ruleId === undefined || actual.ruleId === ruleId);
    results.push({ case: testCase, passed, actual });
  }
  return results;
}

/** The evaluator as the one who answers. */
export const evaluatorDecides =
  (policy: CompiledPolicy, facts: PolicyFacts) =>
  (testCase: Case): CaseOutcome => {
    switch (testCase.kind) {
      case 'write':
        return ofWrite(decideWrite(policy, testCase.request, facts));
      case 'exit':
        return ofWrite(decideExit(policy, testCase.request, facts));
      case 'read':
        return ofRead(decideRead(policy, testCase.principal, testCase.request));
      case 'call':
        return ofRead(decideCall(policy, testCase.principal, testCase.request, facts));
    }
  };

const ofWrite = ({ allow, ruleId }: WriteDecision): CaseOutcome => ({ answer: allow ? 'allow' : 'deny', ruleId });

function ofRead(decision: ReadDecision): CaseOutcome {
  if (!decision.allow) return { answer: 'deny', ruleId: decision.ruleId };
  return { answer: decision.view === 'full' ? 'allow' : decision.view, ruleId: decision.ruleId };
}
