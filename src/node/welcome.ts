import { SAMPLE_ACCOUNTS } from '../access/dev-oidc/accounts.ts';
import { bytesToHex } from '../base/bytes.ts';
import { shownUrl } from '../base/secret-url.ts';
import type { Config } from '../config/schema.ts';
import { type DevAccountName, devAccount } from './dev-accounts.ts';
import type { RunningNode } from './start-node.ts';

const WALLETS: readonly DevAccountName[] = [
  'customer-a',
  'customer-b',
  'customer-c',
  'compliance-1',
  'registrar-1',
  'registrar-2',
  'maker',
  'checker',
  'outsider',
];

/** What a person sees when the node takes transactions. */
export function welcome(config: Config, node: RunningNode): string[] {
  const lines = [
    '',
    `Privity takes transactions: ${node.url}`,
    `  JSON-RPC        ${node.url}/rpc (bearer token of a session)`,
    `  discovery       ${node.url}/.well-known/prividium`,
    `  health          ${node.url}/health   ${node.url}/readyz   ${node.url}/metrics`,
    `  chain id        ${node.genesis.chainId}, a batch every ${config['chain.batchIntervalSeconds']} s`,
    `  Ethereum        ${shownUrl(config['l1.url'])} (chain id ${config['l1.chainId']})`,
    `  PrivityChain    ${node.place.chain}`,
    `  PrivityBridge   ${node.place.bridge}`,
    `  PolicyGovernor  ${node.place.governor}`,
  ];
  if (config.mode !== 'development') return lines;
  return [
    ...lines,
    `  sign in         ${node.url}/auth/login as ${SAMPLE_ACCOUNTS.map(({ subject }) => subject).join(', ')}`,
    '',
    'Sample wallets (public test keys, worthless):',
    ...WALLETS.map((name) => {
      const account = devAccount(name);
      return `  ${name.padEnd(14)}  ${account.address}  ${bytesToHex(account.getHdKey().privateKey!)}`;
    }),
    '',
    'What to try: npm run demo tells the whole story; a deposit on PrivityBridge is credited when the next batch opens.',
    '',
  ];
}
