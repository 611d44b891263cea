import { policyError } from '../errors.ts';
import { parseAddress } from '../source/address.ts';
import { formatIssue, type PolicyIssue } from '../source/issue.ts';
import { LIST_MEMBERS_MAX } from './list-tree.ts';

/** One address a line; `#` starts a comment. Throws POLICY_LIST_INVALID with every line that is wrong or repeated. */
export function readListFile(text: string, file = 'list'): bigint[] {
  const issues: PolicyIssue[] = [];
  const firstLine = new Map<bigint, number>();
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const entry = raw.replace(/#.*$/, '').trim();
    if (entry === '') continue;
    const report = (code: PolicyIssue['code'], message: string) =>
      issues.push({ code, message, path: [i], line: i + 1, column: raw.indexOf(entry) + 1 });
    const address = parseAddress(entry);
    if (address === undefined || address === 0n) {
      report('BAD_ADDRESS', 'not an address, the zero address, or a wrong EIP-55 checksum');
      continue;
    }
    const first = firstLine.get(address);
    if (first === undefined) firstLine.set(address, i + 1);
    else report('DUPLICATE_NAME', `already on line ${first}`);
  }
  if (firstLine.size > LIST_MEMBERS_MAX) {
    issues.push({
      code: 'TOO_MANY_RULES',
      message: `more than ${LIST_MEMBERS_MAX} members`,
      path: [],
      line: 1,
      column: 1,
    });
  }
  if (issues.length > 0)
    throw policyError('POLICY_LIST_INVALID', issues.map((issue) => formatIssue(issue, file)).join('\n'));
  return [...firstLine.keys()];
}
