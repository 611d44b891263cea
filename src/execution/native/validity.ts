import type { UnsignedTransaction } from '../../chain/transaction.ts';
import type { Word } from '../../chain/word.ts';
import type { BlockContext, InvalidCode } from '../port.ts';

export interface Invalid {
  readonly kind: 'invalid';
  readonly code: InvalidCode;
  readonly reason: string;
}

/** EIP-2681: the last nonce a transaction may have is one less. */
export const NONCE_MAX = 2n ** 64n - 1n;

const invalid = (code: InvalidCode, reason: string): Invalid => ({ kind: 'invalid', code, reason });

/** Nonce, fees, gas and balance of the sender, in that order; undefined when all hold (docs/PROTOCOL.md 4). */
export function findInvalid(
  tx: UnsignedTransaction,
  block: Pick<BlockContext, 'gasLimit' | 'baseFee'>,
  sender: Word,
  requiredGas: bigint,
): Invalid | undefined {
  if (tx.nonce < sender.hi) return invalid('TX_NONCE_TOO_LOW', `nonce ${tx.nonce}, account at ${sender.hi}`);
  if (tx.nonce > sender.hi) return invalid('TX_NONCE_TOO_HIGH', `nonce ${tx.nonce}, account at ${sender.hi}`);
  if (tx.nonce >= NONCE_MAX) return invalid('TX_NONCE_MAX', `nonce ${tx.nonce}`);
  if (tx.gasLimit > block.gasLimit) return invalid('TX_GAS_LIMIT', `${tx.gasLimit} of ${block.gasLimit}`);
  if (tx.maxFeePerGas < tx.maxPriorityFeePerGas) {
    return invalid('TX_PRIORITY_FEE_ABOVE_MAX', `${tx.maxPriorityFeePerGas} above ${tx.maxFeePerGas}`);
  }
  if (tx.maxFeePerGas < block.baseFee) return invalid('TX_FEE_TOO_LOW', `${tx.maxFeePerGas} below ${block.baseFee}`);
  if (tx.gasLimit < requiredGas) return invalid('TX_INTRINSIC_GAS', `${tx.gasLimit} of ${requiredGas}`);
  const cost = tx.value + tx.gasLimit * tx.maxFeePerGas;
  if (sender.lo < cost) return invalid('TX_INSUFFICIENT_FUNDS', `balance ${sender.lo}, cost ${cost}`);
  return undefined;
}
