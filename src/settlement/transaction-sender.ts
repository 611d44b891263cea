/**
 * Sends one transaction at a time with one key and sees it mined: same nonce and higher fees while it does not move. It keeps nothing: after
 * a crash the caller looks at the contract's counters and asks again, and a transaction of the earlier life shows as `superseded`.
 */

import {
  type Address,
  BaseError,
  type Hex,
  HttpRequestError,
  keccak256,
  type LocalAccount,
  type PublicClient,
  TimeoutError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from 'viem';
import type { Clock } from '../base/clock.ts';
import { settlementError } from './errors.ts';

export interface SenderOptions {
  readonly maxFeePerGas: bigint;
  /** Time without being mined after which fees are raised. */
  readonly stallMs: number;
  readonly pollIntervalMs: number;
  readonly attemptsMax: number;
}

export type SendResult =
  | { readonly kind: 'mined'; readonly receipt: TransactionReceipt }
  | { readonly kind: 'superseded' };

export interface TransactionSender {
  readonly address: Address;
  /** Throws L1_CALL_REVERTED when the call would revert now; nothing is sent then. */
  send(
    request: {
      readonly to: Address;
      readonly data: Hex;
      readonly label: string;
      /** Hears of each transaction before it goes out: the first and those that replace it. */
      readonly onAttempt?: (transaction: Hex) => Promise<void>;
    },
    signal: AbortSignal,
  ): Promise<SendResult>;
}

/** Nodes accept a replacement from 10 % more on. */
const raise = (fee: bigint): bigint => (fee * 1125n) / 1000n + 1n;

export function createTransactionSender(
  options: SenderOptions,
  deps: { client: PublicClient; account: LocalAccount; clock: Clock },
): TransactionSender {
  const { client, account, clock } = deps;

  const fees = async (): Promise<{ maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }> => {
    const estimate = await client.estimateFeesPerGas();
    if (estimate.maxFeePerGas > options.maxFeePerGas)
      throw settlementError('L1_FEE_CAP', `${estimate.maxFeePerGas} wei a gas`);
    return estimate;
  };

  return {
    address: account.address,
    async send({ to, data, label, onAttempt }, signal) {
      const chainId = await client.getChainId();
      const nonce = await client.getTransactionCount({ address: account.address, blockTag: 'latest' });
      let gas: bigint;
      try {
        gas = await client.estimateGas({ account: account.address, to, data, blockTag: 'latest' });
      } catch (cause) {
        throw refusedByL1(label, cause);
      }
      let { maxFeePerGas, maxPriorityFeePerGas } = await fees();
      const hashes: Hex[] = [];
      for (let attempt = 0; attempt < options.attemptsMax; attempt++) {
        const raw = await account.signTransaction({
          type: 'eip1559',
          chainId,
          nonce,
          to,
          data,
          gas: (gas * 12n) / 10n,
          maxFeePerGas,
          maxPriorityFeePerGas,
        });
        // Known before it is sent: an answer that gets lost, or "already known", must not make us miss our own receipt.
        const hash = keccak256(raw);
        hashes.push(hash);
        await onAttempt?.(hash);
        try {
          await client.sendRawTransaction({ serializedTransaction: raw });
        } catch (error) {
          // "already known", "nonce too low" and "underpriced" are settled by looking: the nonce tells whether something was mined. A base
          // fee that rose since the estimate is settled by raising ours.
          const settled = /already|nonce|underpriced|replacement|less than block base fee/i.test(shortMessage(error));
          if (!settled) throw refusedByL1(label, error);
        }
        const deadline = clock.now() + options.stallMs;
        while (clock.now() < deadline && !signal.aborted) {
          // In this order: once the nonce is used, one more look finds our receipt, or another transaction took the nonce.
          const used = (await client.getTransactionCount({ address: account.address, blockTag: 'latest' })) > nonce;
          for (const hash of hashes) {
            const receipt = await receiptOf(client, hash);
            if (receipt !== undefined) return { kind: 'mined', receipt };
          }
          if (used) return { kind: 'superseded' };
          await clock.sleep(options.pollIntervalMs, signal);
        }
        if (signal.aborted) return { kind: 'superseded' };
        const current = await fees();
        maxFeePerGas = maxOf(raise(maxFeePerGas), current.maxFeePerGas);
        maxPriorityFeePerGas = maxOf(raise(maxPriorityFeePerGas), current.maxPriorityFeePerGas);
        if (maxFeePerGas > options.maxFeePerGas) throw settlementError('L1_FEE_CAP', label);
      }
      return { kind: 'superseded' };
    },
  };
}

const maxOf = (a: bigint, b: bigint): bigint => (a > b ? a : b);

async function receiptOf(client: PublicClient, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await client.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}

/** What the node answers is not worth stopping the chain for; that it does not answer is told apart. */
function refusedByL1(label: string, cause: unknown): unknown {
  const unreachable =
    cause instanceof BaseError &&
    cause.walk((error) => error instanceof HttpRequestError || error instanceof TimeoutError) !== null;
  return settlementError(unreachable ? 'L1_UNREACHABLE' : 'L1_CALL_REVERTED', `${label}: ${shortMessage(cause)}`, {
    cause,
  });
}

/** With the node's own words, which viem keeps apart. */
function shortMessage(error: unknown): string {
  if (error instanceof BaseError) return `${error.shortMessage} ${error.details}`.trim();
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
