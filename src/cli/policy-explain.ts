import { hexToBytes } from '../base/bytes.ts';
import { readCaseTable } from '../policy/cases/case-table.ts';
import { explainPolicy } from '../policy/use-cases/explain-policy.ts';
import { type Command, text } from './command.ts';
import { compileFile, readText, saltOf } from './policy-files.ts';

const usage = `privity policy explain FILE --people CASES --signer NAME --to NAME|ADDRESS [--value WEI] [--data HEX]

Why a policy allows or denies a transaction. Names, their roles and the lists come from the decision table CASES.`;

export const policyExplain: Command = {
  name: 'policy explain',
  summary: 'Why a policy allows or denies a transaction: each alternative and each condition with its answer.',
  usage,
  options: {
    people: { type: 'string' },
    signer: { type: 'string' },
    to: { type: 'string' },
    value: { type: 'string' },
    data: { type: 'string' },
  },
  async run({ positionals, values }, context) {
    const [file] = positionals;
    const [people, signer, to] = [text(values['people']), text(values['signer']), text(values['to'])];
    const value = text(values['value']) ?? '0';
    const data = text(values['data']) ?? '0x';
    const wellFormed = /^\d{1,77}$/.test(value) && /^0x(?:[0-9a-fA-F]{2})*$/.test(data);
    if (file === undefined || people === undefined || signer === undefined || to === undefined || !wellFormed) {
      context.printError(usage);
      return 2;
    }
    const policy = compileFile(file, saltOf(undefined));
    const table = readCaseTable(readText(people), policy, people);
    const addressOf = (name: string): bigint | undefined =>
      /^0x[0-9a-fA-F]{40}$/.test(name) ? BigInt(name) : table.people.get(name)?.address;
    const [from, recipient] = [addressOf(signer), addressOf(to)];
    if (from === undefined || recipient === undefined) {
      context.printError(`nobody in ${people} is called ${from === undefined ? signer : to}`);
      return 2;
    }
    const blockTimestamp = BigInt(Math.floor(Date.now() / 1000));
    const request = { signer: from, to: recipient, value: BigInt(value), data: hexToBytes(data), blockTimestamp };
    for (const line of explainPolicy(policy, request, table.facts)) context.print(line);
    return 0;
  },
};
