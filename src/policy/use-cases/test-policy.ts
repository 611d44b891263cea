import { readCaseTable } from '../cases/case-table.ts';
import { evaluatorDecides, runCases } from '../cases/run-cases.ts';
import type { CompiledPolicy } from '../compile/compiled-policy.ts';

export interface PolicyTestReport {
  readonly ok: boolean;
  readonly passed: number;
  readonly failures: readonly { readonly line: number; readonly row: string; readonly answered: string }[];
}

/** `privity policy test`: a decision table against the compiled policy. */
export async function testPolicy(policy: CompiledPolicy, casesText: string, file = 'cases'): Promise<PolicyTestReport> {
  const table = readCaseTable(casesText, policy, file);
  const results = await runCases(table, evaluatorDecides(policy, table.facts));
  const failures = results
    .filter((result) => !result.passed)
    .map(({ case: { line, text }, actual }) => ({ line, row: text, answered: `${actual.answer} by ${actual.ruleId}` }));
  return { ok: failures.length === 0, passed: results.length - failures.length, failures };
}
