import { type Address, type PublicClient, parseAbi } from 'viem';
import { bigIntToHex } from '../base/bytes.ts';
import type { L1View } from './verify.ts';

/** The three views of PrivityChain that the verifier needs; written here so that it stands alone. */
const abi = parseAbi([
  'function storedBatchHash(uint256) view returns (bytes32)',
  'function executedCount() view returns (uint64)',
  'function CHAIN_ID() view returns (uint64)',
]);

/** Reads everything at the latest block, and what is executed at the finalized one beside it. */
export async function createL1View(client: PublicClient): Promise<L1View> {
  const latest = await client.getBlockNumber({ cacheTime: 0 });
  const finalized = await client
    .getBlock({ blockTag: 'finalized' })
    .then((block) => block.number)
    .catch(() => 0n);
  const at = (chainContract: bigint, blockNumber: bigint) =>
    ({ address: bigIntToHex(chainContract, 20) as Address, abi, blockNumber }) as const;
  return {
    block: latest,
    chainId: async () => BigInt(await client.getChainId()),
    settledChainId: (contract) => client.readContract({ ...at(contract, latest), functionName: 'CHAIN_ID' }),
    storedBatchHash: (contract, batch) =>
      client.readContract({ ...at(contract, latest), functionName: 'storedBatchHash', args: [batch] }),
    batchesExecuted: (contract) => client.readContract({ ...at(contract, latest), functionName: 'executedCount' }),
    batchesFinalized: (contract) =>
      // A node without the contract at that block (or without old state) can confirm nothing.
      client.readContract({ ...at(contract, finalized), functionName: 'executedCount' }).catch(() => 0n),
  };
}
