import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../demo/wait-until.ts';
import { readPolicyFile } from '../policy/fixtures.ts';
import { runCommand } from '../support/run-command.ts';
import type { DevNode } from './dev-node.ts';

/** The minimal policy, under which customers also pay addresses without a role that two people have put on a list of counterparties. */
const COUNTERPARTIES = `
      - name: counterparty
        roles: [customer]
        conditions:
          - valueAtMost: 250 ether
          - { account: to, inList: counterparties }
          - { account: signer, notInList: sanctions }
`;

export const policyWithLists = (change: (text: string) => string = (text) => text): string => {
  const text = readPolicyFile('minimal.yaml')
    .replace('kind: deny }', 'kind: deny }\n  counterparties: { id: 2, kind: allow }')
    .replace(/\n\n {2}- to: baseToken\.withdraw/, `${COUNTERPARTIES}$&`);
  return change(text);
};

export const SANCTIONS = '1';
export const COUNTERPARTY_LIST = '2';

export const writeIn = (folder: string, name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

/** Proposes with the maker's key, approves with the checker's, and executes as soon as the delay has passed, by command. */
export async function govern(node: DevNode, subject: 'list' | 'policy', args: readonly string[]): Promise<void> {
  const { governor, bridge, l1Url, wallets } = node.process.welcome;
  const by = (name: string): string[] => [
    ...args,
    ...['--salt', join(node.dataDir, 'keys', 'policy-salt'), '--governor', governor, '--bridge', bridge],
    ...['--l1', l1Url, '--key', writeIn(node.folder, `key-${name}`, wallets.get(name)!)],
  ];
  await runCommand(`${subject} propose`, by('maker'));
  await runCommand(`${subject} approve`, by('checker'));
  const executed = async () => {
    try {
      return await runCommand(`${subject} execute`, by('outsider'));
    } catch (error) {
      if (error instanceof Error && error.message.includes('TimelockUnexpectedOperationState')) return undefined;
      throw error;
    }
  };
  await waitUntil('the delay has passed', executed, { timeoutMs: 60_000, everyMs: 500 });
}
