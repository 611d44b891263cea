import {
  type Address,
  createPublicClient,
  createWalletClient,
  type Hash,
  type Hex,
  http,
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
} from 'viem';
import { bridgeAbi, chainAbi } from './l1-contracts.ts';
import type { Message } from './message-path.ts';
import { requireThat } from './require-that.ts';

export interface Counts {
  readonly committed: number;
  readonly proven: number;
  readonly executed: number;
}

/** Ethereum, as anybody sees it. */
export interface L1 {
  readonly client: PublicClient;
  /** To the account's own address on the chain, or another one. */
  deposit(account: LocalAccount, value: bigint, recipient?: Address): Promise<TransactionReceipt>;
  counts(): Promise<Counts>;
  claim(account: LocalAccount, message: Message, siblings: readonly Hex[]): Promise<TransactionReceipt>;
  isClaimed(message: Pick<Message, 'batchNumber' | 'index'>): Promise<boolean>;
}

export function createL1(url: string, contracts: { chain: Address; bridge: Address }): L1 {
  const transport = http(url);
  const client = createPublicClient({ transport, pollingInterval: 250, cacheTime: 0 });
  const chain = { address: contracts.chain, abi: chainAbi } as const;
  const bridge = { address: contracts.bridge, abi: bridgeAbi, chain: null } as const;
  const wallet = (account: LocalAccount) => createWalletClient({ account, transport });
  const mined = async (hash: Hash): Promise<TransactionReceipt> => {
    const receipt = await client.waitForTransactionReceipt({ hash });
    requireThat(receipt.status === 'success', `Ethereum accepts transaction ${hash}`);
    return receipt;
  };
  return {
    client,
    deposit: async (account, value, recipient = account.address) =>
      mined(await wallet(account).writeContract({ ...bridge, functionName: 'depositETH', args: [recipient], value })),
    async counts() {
      const [committed, proven, executed] = await Promise.all([
        client.readContract({ ...chain, functionName: 'committedCount' }),
        client.readContract({ ...chain, functionName: 'provenCount' }),
        client.readContract({ ...chain, functionName: 'executedCount' }),
      ]);
      return { committed: Number(committed), proven: Number(proven), executed: Number(executed) };
    },
    claim: async (account, message, siblings) =>
      mined(
        await wallet(account).writeContract({
          ...bridge,
          functionName: 'finalizeWithdrawal',
          args: [message, toEight(siblings)],
        }),
      ),
    isClaimed: ({ batchNumber, index }) =>
      client.readContract({ ...bridge, functionName: 'isWithdrawalFinalized', args: [batchNumber, index] }),
  };
}

type EightWords = readonly [Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex];

function toEight(siblings: readonly Hex[]): EightWords {
  requireThat(siblings.length === 8, 'a message tree is 8 deep');
  return siblings as unknown as EightWords;
}
