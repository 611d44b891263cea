import { diffPolicies } from '../policy/use-cases/diff-policies.ts';
import { type Command, text } from './command.ts';
import { compileFile, saltOf } from './policy-files.ts';

export const policyDiff: Command = {
  name: 'policy diff',
  summary: 'What changes from one policy file to another, by rule.',
  usage: 'privity policy diff BEFORE AFTER [--salt FILE]',
  options: { salt: { type: 'string' } },
  async run({ positionals, values }, context) {
    const [before, after] = positionals;
    if (before === undefined || after === undefined || positionals.length !== 2) {
      context.printError(policyDiff.usage);
      return 2;
    }
    const salt = saltOf(text(values['salt']));
    const diff = diffPolicies(compileFile(before, salt), compileFile(after, salt));
    for (const rule of diff.removed) context.print(`- ${rule.id}: ${rule.text}`);
    for (const rule of diff.added) context.print(`+ ${rule.id}: ${rule.text}`);
    for (const rule of diff.changed) context.print(`~ ${rule.id}\n    before ${rule.before}\n    after  ${rule.after}`);
    context.print(
      diff.rootChanged
        ? 'The root changes: L1 must approve the new one.'
        : 'The root stays: what is proven does not change.',
    );
    return 0;
  },
};
