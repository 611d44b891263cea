import type { LocalAccount } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { parseSiweMessage, validateSiweMessage } from 'viem/siwe';
import { z } from 'zod';
import { bytesToHex } from '../base/bytes.ts';
import { devAccount, isDevAccountName } from '../node/dev-accounts.ts';
import { readKeyFile } from '../node/key-files.ts';
import { type Command, text } from './command.ts';
import { createNodeClient, Refused } from './node-client.ts';

const challengeSchema = z.object({ msg: z.string(), nonceToken: z.string() });
const tokenSchema = z.object({ token: z.string().min(1) });

export const walletUrl: Command = {
  name: 'wallet-url',
  summary:
    'Logs in by wallet signature and prints the personal RPC URL for cast, viem or a wallet. The URL is a secret.',
  usage: `privity wallet-url NODE (--key FILE | --sample NAME)\n\nNODE is the URL of a node, http://localhost:8545 for npm start. --key is a file with the wallet's private key; --sample names one of the\nsample wallets that npm start prints, customer-a for one.`,
  options: { key: { type: 'string' }, sample: { type: 'string' } },
  async run({ positionals, values }, context) {
    const [node, ...more] = positionals;
    const key = text(values['key']);
    const sample = text(values['sample']);
    if (
      node === undefined ||
      !URL.canParse(node) ||
      more.length > 0 ||
      (key === undefined) === (sample === undefined)
    ) {
      context.printError(walletUrl.usage);
      return 2;
    }
    const account = accountOf(key, sample);
    if (account === undefined) {
      context.printError(`privity wallet-url: there is no sample wallet '${sample}'`);
      return 2;
    }
    const { origin } = new URL(node);
    try {
      context.print(`${origin}/rpc/wallet/${await walletToken(origin, account, context.signal)}`);
      return 0;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      context.printError(`privity wallet-url: ${error.message}`);
      return 1;
    }
  },
};

function accountOf(key: string | undefined, sample: string | undefined): LocalAccount | undefined {
  if (key !== undefined) return privateKeyToAccount(bytesToHex(readKeyFile(key).reveal()));
  return sample !== undefined && isDevAccountName(sample) ? devAccount(sample) : undefined;
}

async function walletToken(node: string, account: LocalAccount, stop: AbortSignal): Promise<string> {
  const client = createNodeClient(node, stop);
  const { origin } = client;
  const { address } = account;
  const domain = new URL(origin).host;
  const { msg, nonceToken } = await client.post('/api/siwe-messages', { address, domain }, challengeSchema);
  // Only a login to the node that was named is signed, whatever the server would like to have signed.
  if (!validateSiweMessage({ message: parseSiweMessage(msg), address, domain }))
    throw new Refused(`${origin} asked to sign something else than a login to it`);
  const signature = await account.signMessage({ message: msg });
  const answer = { message: msg, signature, nonceToken };
  const { token } = await client.post('/api/auth/login/crypto-native', answer, tokenSchema);
  const own = createNodeClient(node, stop, token);
  return (await own.get('/api/wallet/personal-rpc-token', tokenSchema)).token;
}
