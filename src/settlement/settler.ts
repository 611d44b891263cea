/**
 * Brings sealed batches to Ethereum: commit when the slot has ended, prove and execute D slots later. It is a function of what the contract
 * says and what the node has, so it can be killed anywhere and started again, and a reorg of our own transactions is just lower counters.
 */

import { type Address, encodeFunctionData, type Hex, type PublicClient } from 'viem';
import { bigIntToHex, bytesToHex } from '../base/bytes.ts';
import { hashStoredBatch, storedBatchArgument } from '../chain/stored-batch.ts';
import { privityChainAbi } from './abi/privity-chain.ts';
import { settlementError } from './errors.ts';
import type { L1Counts, SealedBatch, SettlementSink, SettlementSource, SettlementTarget } from './port.ts';
import type { TransactionSender } from './transaction-sender.ts';

export interface SettlerOptions {
  readonly chainContract: Address;
  readonly batchIntervalSeconds: bigint;
  readonly proveDelaySlots: bigint;
}

export interface SettlerDeps {
  readonly client: PublicClient;
  readonly commit: TransactionSender;
  readonly prove: TransactionSender;
  readonly execute: TransactionSender;
  readonly source: SettlementSource;
  readonly sink: SettlementSink;
}

export interface Settler {
  counts(): Promise<L1Counts>;
  /**
   * Takes back on Ethereum what this node has withdrawn: a commit that was under way may have come in, and a reorg may have changed the
   * operations beneath one. Nothing else may be sent unless it says `well`; `waiting` is for batches that are not sealed again yet.
   */
  reclaim(signal: AbortSignal): Promise<'well' | 'waiting' | 'sent'>;
  /** Does what is due, at most one transaction of each kind. True when something moved. */
  step(signal: AbortSignal): Promise<boolean>;
}

export function createSettler(options: SettlerOptions, deps: SettlerDeps): Settler {
  const { client, source, sink } = deps;
  const contract = { address: options.chainContract, abi: privityChainAbi } as const;

  const counts = async (): Promise<L1Counts> => {
    const [committed, proven, executed] = await Promise.all([
      client.readContract({ ...contract, functionName: 'committedCount' }),
      client.readContract({ ...contract, functionName: 'provenCount' }),
      client.readContract({ ...contract, functionName: 'executedCount' }),
    ]);
    return { committed, proven, executed };
  };

  const hashOnL1 = (number: bigint): Promise<Hex> =>
    client.readContract({ ...contract, functionName: 'storedBatchHash', args: [number] });

  /**
   * Ours, or an alarm: Ethereum must never hold a batch we did not make. Undefined for one that we made and have withdrawn, when its commit was
   * mined since `reclaim` looked: nothing is built on it, and the next `reclaim` takes it back. What is executed nobody takes back.
   */
  const ownBatch = async (number: bigint, { executed }: L1Counts): Promise<SealedBatch | undefined> => {
    const own = await source.batch(number);
    const onL1 = await hashOnL1(number);
    if (own !== undefined && hashStoredBatch(own.stored) === onL1) return own;
    if (number > executed && source.wasWithdrawn(number)) return undefined;
    throw settlementError('L1_FORK', `batch ${number}`);
  };

  /** Sends one step and tells the sink of it once it is mined; whatever else happened shows in the counters. */
  const send = async (
    sender: TransactionSender,
    target: SettlementTarget,
    request: { readonly data: Hex; readonly label: string },
    signal: AbortSignal,
  ): Promise<true> => {
    const onAttempt = (transaction: Hex) => sink.onAttempt(target, transaction);
    const result = await sender.send({ to: options.chainContract, ...request, onAttempt }, signal);
    if (result.kind !== 'mined' || result.receipt.status !== 'success') return true;
    const { transactionHash, gasUsed } = result.receipt;
    await sink.onStep({ ...target, transaction: transactionHash, gas: gasUsed });
    return true;
  };

  const commitNext = async (counted: L1Counts, now: bigint, signal: AbortSignal): Promise<boolean> => {
    const { committed } = counted;
    const next = await source.batch(committed + 1n);
    if (next === undefined || (next.stored.slot + 1n) * options.batchIntervalSeconds > now) return false;
    const previous = await ownBatch(committed, counted);
    if (previous === undefined) return false;
    const target = { kind: 'committed', batch: next.stored.batchNumber } as const;
    const { commitment: _commitment, sealed_: _sealed, ...batch } = storedBatchArgument(next.stored);
    const data = encodeFunctionData({
      ...contract,
      functionName: 'commit',
      args: [storedBatchArgument(previous.stored), batch],
    });
    return send(deps.commit, target, { data, label: `commit ${target.batch}` }, signal);
  };

  const proveNext = async (counted: L1Counts, now: bigint, signal: AbortSignal): Promise<boolean> => {
    const range = await source.proofAfter(counted.proven);
    if (range === undefined || range.to > counted.committed) return false;
    const to = await ownBatch(range.to, counted);
    if (to === undefined || (to.stored.slot + options.proveDelaySlots) * options.batchIntervalSeconds > now)
      return false;
    const from = await ownBatch(range.from, counted);
    if (from === undefined) return false;
    const target = { kind: 'proven', from: range.from, to: range.to } as const;
    const args = [
      storedBatchArgument(from.stored),
      storedBatchArgument(to.stored),
      range.proofSystemId,
      bytesToHex(range.proof),
    ] as const;
    const data = encodeFunctionData({ ...contract, functionName: 'prove', args });
    return send(deps.prove, target, { data, label: `prove ${range.from}..${range.to}` }, signal);
  };

  const executeNext = async (counted: L1Counts, signal: AbortSignal): Promise<boolean> => {
    if (counted.executed >= counted.proven) return false;
    const number = counted.executed + 1n;
    const own = await ownBatch(number, counted);
    if (own === undefined) return false;
    const { stored, messageHashes } = own;
    const target = { kind: 'executed', batch: number } as const;
    const hashes = messageHashes.map((hash): Hex => bigIntToHex(hash, 32));
    const data = encodeFunctionData({
      ...contract,
      functionName: 'execute',
      args: [storedBatchArgument(stored), hashes],
    });
    return send(deps.execute, target, { data, label: `execute ${number}` }, signal);
  };

  return {
    counts,
    async reclaim(signal) {
      const counted = await counts();
      const { committed, executed } = counted;
      let last = committed;
      for (; last > executed && source.wasWithdrawn(last); last -= 1n) {
        const own = await source.batch(last);
        if (own === undefined) return 'waiting';
        if (hashStoredBatch(own.stored) === (await hashOnL1(last))) break;
      }
      if (last === committed) return 'well';
      const standing = await ownBatch(last, counted);
      // It changed between the two looks.
      if (standing === undefined) return 'waiting';
      const args = [storedBatchArgument(standing.stored)] as const;
      const data = encodeFunctionData({ ...contract, functionName: 'revertBatches', args });
      await deps.commit.send({ to: options.chainContract, data, label: `revert to ${last}` }, signal);
      return 'sent';
    },
    async step(signal) {
      const now = (await client.getBlock({ blockTag: 'latest' })).timestamp;
      const before = await counts();
      const committed = await commitNext(before, now, signal);
      const proven = await proveNext(await counts(), now, signal);
      const executed = await executeNext(await counts(), signal);
      return committed || proven || executed;
    },
  };
}
