/**
 * Sends one transaction at a time with one key and sees it mined: same nonce and higher fees while it does not move. It keeps nothing: after
 * a crash the caller looks at the contract's counters and asks again, and a transaction of the earlier life shows as `superseded`.
 */

import type { Address, Hex, LocalAccount, PublicClient, TransactionReceipt } from 'viem';
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
    request: { readonly to: Address; readonly data: Hex; readonly label: string },
    signal: AbortSignal,
  ): Promise<SendResult>;
}

/** Nodes accept a replacement from 10 % more on. */
const raise = (fee: bigint): bigint => (fee * 1125n) / 1000n + 1n;

export function createTransactionSender(
  options: SenderOptions,
  deps: {
    client: PublicClient;
    account: LocalAccount;
    clock: Clock;
    /** Called before the first byte goes out and after: the crash tests stop the process there. */
    onStep?: (step: 'before-send' | 'after-send', label: string) => void | Promise<void>;
  },
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
    async send({ to, data, label }, signal) {
      const chainId = await client.getChainId();
      const nonce = await client.getTransactionCount({ address: account.address, blockTag: 'latest' });
      let gas: bigint;
      try {
        gas = await client.estimateGas({ account: account.address, to, data, blockTag: 'latest' });
      } catch (cause) {
        throw settlementError('L1_CALL_REVERTED', `${label}: ${shortMessage(cause)}`, { cause });
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
        await deps.onStep?.('before-send', label);
        try {
          hashes.push(await client.sendRawTransaction({ serializedTransaction: raw }));
        } catch (error) {
          // "already known", "nonce too low" and "underpriced" are settled by looking: the nonce tells whether something was mined.
          if (!/already|nonce|underpriced|replacement/i.test(shortMessage(error))) throw error;
        }
        await deps.onStep?.('after-send', label);
        const deadline = clock.now() + options.stallMs;
        while (clock.now() < deadline && !signal.aborted) {
          for (const hash of hashes) {
            const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined);
            if (receipt !== undefined) return { kind: 'mined', receipt };
          }
          const mined = await client.getTransactionCount({ address: account.address, blockTag: 'latest' });
          if (mined > nonce && hashes.length === 0) return { kind: 'superseded' };
          if (mined > nonce + 1) return { kind: 'superseded' };
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

function shortMessage(error: unknown): string {
  if (error instanceof Error && 'shortMessage' in error) return String(error.shortMessage);
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
