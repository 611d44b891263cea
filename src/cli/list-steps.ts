import { bigIntToHex } from '../base/bytes.ts';
import { readKeyFile } from '../node/key-files.ts';
import { GOVERNANCE_STEPS, type GovernanceStep, setListRootCall } from '../settlement/governance.ts';
import { text } from './command.ts';
import { createGovernanceCommand } from './governance-command.ts';
import { listIdOf, readListTree } from './list-file.ts';

const SUMMARIES: Readonly<Record<GovernanceStep, string>> = {
  propose: 'First person: proposes the root of a list file to PolicyGovernor, or prints the transaction to sign.',
  approve: 'Second person: approves what the first one proposed, from the same list file.',
  execute: 'Anybody, after the delay: puts the approved root of a list into the queue of the chain.',
};

export const listSteps = GOVERNANCE_STEPS.map((step) =>
  createGovernanceCommand(
    { subject: 'list', step, summary: SUMMARIES[step], usage: 'FILE --list ID', options: { list: { type: 'string' } } },
    ({ positionals, values, bridge, number }) => {
      const [file] = positionals;
      const list = listIdOf(text(values['list']));
      const salt = text(values['salt']);
      if (file === undefined || positionals.length !== 1 || list === undefined || salt === undefined) return undefined;
      const { root, size } = readListTree(file, list, readKeyFile(salt));
      return {
        call: setListRootCall(bridge, list, root, number),
        words: `${step}: list ${list} gets the root ${bigIntToHex(root, 32)} (${size} member${size === 1 ? '' : 's'})`,
      };
    },
  ),
);
