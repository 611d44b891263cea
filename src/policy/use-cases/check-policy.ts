import { bigIntToHex, type Hex } from '../../base/bytes.ts';
import { type CompileOptions, tryCompilePolicy } from '../compile/compile-policy.ts';
import type { RuleSummary } from '../port.ts';
import type { PolicyIssue } from '../source/issue.ts';

export type PolicyReport =
  | { readonly ok: false; readonly issues: readonly PolicyIssue[] }
  | {
      readonly ok: true;
      readonly name: string;
      readonly version: number;
      readonly root: Hex;
      readonly provenRules: number;
      readonly enforcedRules: number;
      readonly rules: readonly RuleSummary[];
    };

/** `privity policy check`: what is wrong with a file, or what it says and its root. */
export function checkPolicy(text: string, options: CompileOptions): PolicyReport {
  const { policy, issues } = tryCompilePolicy(text, options);
  if (policy === undefined) return { ok: false, issues };
  const proven = policy.summaries.filter((rule) => rule.assurance === 'proven').length;
  return {
    ok: true,
    name: policy.name,
    version: policy.version,
    root: bigIntToHex(policy.root, 32),
    provenRules: proven,
    enforcedRules: policy.summaries.length - proven,
    rules: policy.summaries,
  };
}
