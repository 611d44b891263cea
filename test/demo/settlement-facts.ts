/** What Ethereum says of a batch: by whose transactions it was committed, proved and executed, what they cost, and when. */

import { type Address, decodeFunctionData, type Hash, type Hex, type PublicClient } from 'viem';
import { chainAbi } from './l1-contracts.ts';
import { requireThat } from './require-that.ts';

export interface SettlementFacts {
  readonly gas: { readonly commit: number; readonly prove: number; readonly execute: number };
  /** Batches that the one proof covers. */
  readonly range: { readonly from: number; readonly to: number };
  /** From the commit of the range's last batch to its proof, on Ethereum's clock. */
  readonly proofSeconds: number;
  /** Public: handed over when the batch was executed. */
  readonly messageHashes: readonly Hex[];
}

export async function settlementFacts(client: PublicClient, chain: Address, batch: number): Promise<SettlementFacts> {
  const committed = await events(client, chain, 'BatchCommitted');
  const proven = await events(client, chain, 'BatchesProven');
  const executed = await events(client, chain, 'BatchExecuted');
  const proof = proven.find(({ args }) => Number(args.from) < batch && batch <= Number(args.to));
  const execution = executed.find(({ args }) => Number(args.batchNumber) === batch);
  requireThat(proof !== undefined && execution !== undefined, `batch ${batch} is proved and executed on Ethereum`);
  const range = { from: Number(proof.args.from) + 1, to: Number(proof.args.to) };
  const commitOf = (number: number) => {
    const found = committed.filter(({ args }) => Number(args.batchNumber) === number).at(-1);
    requireThat(found !== undefined, `batch ${number} is committed on Ethereum`);
    return found;
  };
  const gasOf = async (hash: Hash) => Number((await client.getTransactionReceipt({ hash })).gasUsed);
  const timeOf = async (blockNumber: bigint) => Number((await client.getBlock({ blockNumber })).timestamp);
  const { input } = await client.getTransaction({ hash: execution.transactionHash });
  const call = decodeFunctionData({ abi: chainAbi, data: input });
  requireThat(call.functionName === 'execute', 'the batch was executed by a call of execute');
  return {
    gas: {
      commit: await gasOf(commitOf(batch).transactionHash),
      prove: await gasOf(proof.transactionHash),
      execute: await gasOf(execution.transactionHash),
    },
    range,
    // At least 1: both may stand in one block, whose time has no fractions.
    proofSeconds: Math.max(1, (await timeOf(proof.blockNumber)) - (await timeOf(commitOf(range.to).blockNumber))),
    messageHashes: call.args[1],
  };
}

async function events<N extends 'BatchCommitted' | 'BatchesProven' | 'BatchExecuted'>(
  client: PublicClient,
  address: Address,
  eventName: N,
) {
  return client.getContractEvents({ address, abi: chainAbi, eventName, fromBlock: 0n, strict: true });
}
