import { bigIntToHex } from '../base/bytes.ts';
import { readKeyFile } from '../node/key-files.ts';
import { GOVERNANCE_STEPS, type GovernanceStep, setPolicyRootCall } from '../settlement/governance.ts';
import { text } from './command.ts';
import { createGovernanceCommand } from './governance-command.ts';
import { compileFile } from './policy-files.ts';

const SUMMARIES: Readonly<Record<GovernanceStep, string>> = {
  propose: 'First person: proposes the root of a policy file to PolicyGovernor, or prints the transaction to sign.',
  approve: 'Second person: approves what the first one proposed, from the same policy file.',
  execute: 'Anybody, after the delay: puts the approved policy into the queue of the chain.',
};

export const policySteps = GOVERNANCE_STEPS.map((step) =>
  createGovernanceCommand(
    { subject: 'policy', step, summary: SUMMARIES[step], usage: 'FILE', options: {} },
    ({ positionals, values, bridge, number }) => {
      const [file] = positionals;
      const salt = text(values['salt']);
      if (file === undefined || positionals.length !== 1 || salt === undefined) return undefined;
      const { name, version, root } = compileFile(file, readKeyFile(salt));
      return {
        call: setPolicyRootCall(bridge, root, number),
        words: `${step}: policy ${name} version ${version}, root ${bigIntToHex(root, 32)}`,
      };
    },
  ),
);
