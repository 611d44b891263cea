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
    `  JSON-RPC        ${node.url}/rpc (bearer token of a session), ${node.url}/rpc/wallet/<token> (see privity wallet-url)`,
    `  discovery       ${node.url}/.well-known/prividium`,
    `  health          ${node.url}/health   ${node.url}/readyz`,
    `  chain id        ${node.genesis.chainId}, a batch every ${config['chain.batchIntervalSeconds']} s`,
    `  Ethereum        ${shownUrl(config['l1.url'])} (chain id ${config['l1.chainId']})`,
    `  PrivityChain    ${node.place.chain}`,
    `  PrivityBridge   ${node.place.bridge}`,
    `  PolicyGovernor  ${node.place.governor}`,
  ];
  if (config.mode !== 'development') return lines;
  return [
    ...lines,
    `  sign in         ${node.url}/auth/login?return_to=/api/profiles/me ${whoSignsIn(config)}`,
    '',
    'Sample wallets (public test keys, worthless):',
    ...WALLETS.map((name) => {
      const account = devAccount(name);
      return `  ${name.padEnd(14)}  ${account.address}  ${bytesToHex(account.getHdKey().privateKey!)}`;
    }),
    '',
    'What to try: pay from one customer to another, in a second terminal here. Steps and what to expect: docs/trying-it-out.md',
    ...firstSteps(config, node),
    '',
  ];
}

/** The embedded provider and its logins are there only while no other is configured. */
const whoSignsIn = ({ 'oidc.providers': providers }: Config): string =>
  providers.length === 0
    ? `(no password) as ${SAMPLE_ACCOUNTS.map(({ subject }) => subject).join(', ')}`
    : `at ${providers.map(({ id, name }) => name || id).join(', ')}`;

/** Lines to paste. A deposit waits for the next batch; everything else is answered at once. */
function firstSteps(config: Config, node: RunningNode): string[] {
  const payer = devAccount('customer-a');
  const key = bytesToHex(payer.getHdKey().privateKey!);
  return [
    `  npx cast send --rpc-url ${shownUrl(config['l1.url'])} --private-key ${key} ${node.place.bridge} 'depositETH(address)' ${payer.address} --value 10ether`,
    `  URL=$(npx privity wallet-url ${node.url} --sample customer-a)`,
    `  npx cast balance --rpc-url $URL ${payer.address}`,
    `  npx cast send --rpc-url $URL --private-key ${key} ${devAccount('customer-b').address} --value 1ether`,
    `  npx privity doctor --dev --config config/development.yaml`,
    '  npm run demo     the whole story on data of its own, with proofs',
  ];
}
