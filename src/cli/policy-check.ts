import { formatIssue } from '../policy/source/issue.ts';
import { checkPolicy } from '../policy/use-cases/check-policy.ts';
import { type Command, text } from './command.ts';
import { readText, saltOf } from './policy-files.ts';

export const policyCheck: Command = {
  name: 'policy check',
  summary: 'Compiles a policy file and prints its rules, or what is wrong with it, by line and column.',
  usage:
    'privity policy check FILE [--salt FILE]\n\n--salt is the policy salt (policy.saltFile); with it the root that L1 must approve is printed.',
  options: { salt: { type: 'string' } },
  async run({ positionals, values }, context) {
    const [file] = positionals;
    if (file === undefined || positionals.length !== 1) {
      context.printError(policyCheck.usage);
      return 2;
    }
    const saltFile = text(values['salt']);
    const report = checkPolicy(readText(file), { salt: saltOf(saltFile) });
    if (!report.ok) {
      for (const issue of report.issues) context.printError(formatIssue(issue, file));
      return 1;
    }
    for (const { id, assurance, text: words } of report.rules) context.print(`${assurance.padEnd(8)} ${id}: ${words}`);
    context.print(
      `${report.name} version ${report.version}: ${report.provenRules} proven rules, ${report.enforcedRules} enforced`,
    );
    if (saltFile !== undefined) context.print(`root ${report.root}`);
    return 0;
  },
};
