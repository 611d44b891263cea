import type { Address, PublicClient } from 'viem';
import { hashStoredBatch } from '../chain/stored-batch.ts';
import { privityChainAbi } from '../settlement/abi/privity-chain.ts';
import { settlementError } from '../settlement/errors.ts';
import type { BookedBatch } from './batch-book.ts';

/** What Ethereum has executed, seen at one block. */
export interface ExecutedOnL1 {
  readonly count: bigint;
  storedBatchHash(batch: bigint): Promise<string>;
}

export async function lookAtL1(
  client: PublicClient,
  place: { chain: Address; l1ChainId: bigint },
): Promise<ExecutedOnL1> {
  const look = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (cause) {
      throw settlementError('L1_UNREACHABLE', `PrivityChain ${place.chain}`, { cause });
    }
  };
  const chainId = await look(client.getChainId());
  if (BigInt(chainId) !== place.l1ChainId) throw settlementError('L1_WRONG_CHAIN', `chain id ${chainId}`);
  const blockNumber = await look(client.getBlockNumber({ cacheTime: 0 }));
  const contract = { address: place.chain, abi: privityChainAbi, blockNumber } as const;
  return {
    count: await look(client.readContract({ ...contract, functionName: 'executedCount' })),
    storedBatchHash: (batch) =>
      look(client.readContract({ ...contract, functionName: 'storedBatchHash', args: [batch] })),
  };
}

/** Genesis and every executed batch, root by root: L1 keeps their hash. Throws L1_FORK at the first that this store does not have so. */
export async function compareWithL1(
  batchOf: (batch: bigint) => Promise<BookedBatch | undefined>,
  l1: ExecutedOnL1,
): Promise<void> {
  for (let number = 0n; number <= l1.count; number++) {
    const own = await batchOf(number);
    if (own === undefined)
      throw settlementError('L1_FORK', `Ethereum has executed batch ${number}, which is not in this store`);
    if (hashStoredBatch(own.stored) !== (await l1.storedBatchHash(number)))
      throw settlementError('L1_FORK', `batch ${number}`);
  }
}
