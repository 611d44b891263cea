import { testPolicy } from '../policy/use-cases/test-policy.ts';
import type { Command } from './command.ts';
import { compileFile, readText, saltOf } from './policy-files.ts';

export const policyTest: Command = {
  name: 'policy test',
  summary: 'Runs a decision table against a policy file and prints every row that is answered otherwise.',
  usage: 'privity policy test FILE [CASES]\n\nCASES defaults to the file beside it: name.cases.yaml for name.yaml.',
  options: {},
  async run({ positionals }, context) {
    const [file, cases = file?.replace(/\.ya?ml$/, '.cases.yaml')] = positionals;
    if (file === undefined || cases === undefined || cases === file || positionals.length > 2) {
      context.printError(policyTest.usage);
      return 2;
    }
    const report = await testPolicy(compileFile(file, saltOf(undefined)), readText(cases), cases);
    for (const { line, row, answered } of report.failures)
      context.printError(`${cases}:${line}: ${row}\n  answered ${answered}`);
    context.print(`${report.passed} rows as expected, ${report.failures.length} not`);
    return report.ok ? 0 : 1;
  },
};
