/** By whose transaction a batch was committed, proved or executed, from Ethereum's events: what a death between mining and recording forgot. */

import type { Address, PublicClient } from 'viem';
import { privityChainAbi } from './abi/privity-chain.ts';
import type { SettlementStep } from './port.ts';

export interface FindStepOptions {
  readonly chainContract: Address;
  /** Block of the contract's deployment. */
  readonly fromBlock: bigint;
  /** Blocks asked for in one query. */
  readonly logRangeBlocks: bigint;
}

/** Looks back from the newest block, since what was forgotten is recent. Undefined when no such event stands. */
export async function findStep(
  kind: SettlementStep['kind'],
  batch: bigint,
  { chainContract: address, fromBlock: first, logRangeBlocks }: FindStepOptions,
  { client }: { readonly client: PublicClient },
): Promise<SettlementStep | undefined> {
  const contract = { address, abi: privityChainAbi, strict: true } as const;
  const within = async (fromBlock: bigint, toBlock: bigint): Promise<Found | undefined> => {
    const blocks = { fromBlock, toBlock };
    switch (kind) {
      case 'committed':
        return (
          await client.getContractEvents({
            ...contract,
            ...blocks,
            eventName: 'BatchCommitted',
            args: { batchNumber: batch },
          })
        ).at(-1);
      case 'executed':
        return (
          await client.getContractEvents({
            ...contract,
            ...blocks,
            eventName: 'BatchExecuted',
            args: { batchNumber: batch },
          })
        ).at(-1);
      case 'proven': {
        const events = await client.getContractEvents({ ...contract, ...blocks, eventName: 'BatchesProven' });
        const event = events.findLast(({ args }) => args.from < batch && batch <= args.to);
        return event && { transactionHash: event.transactionHash, range: event.args };
      }
    }
  };
  for (let to = await client.getBlockNumber({ cacheTime: 0 }); to >= first; to -= logRangeBlocks) {
    const from = to - logRangeBlocks + 1n;
    const found = await within(from < first ? first : from, to);
    if (found === undefined) continue;
    const { gasUsed: gas } = await client.getTransactionReceipt({ hash: found.transactionHash });
    const transaction = found.transactionHash;
    if (kind !== 'proven') return { kind, batch, transaction, gas };
    return { kind, from: found.range!.from, to: found.range!.to, transaction, gas };
  }
  return undefined;
}

interface Found {
  readonly transactionHash: `0x${string}`;
  readonly range?: { readonly from: bigint; readonly to: bigint };
}
