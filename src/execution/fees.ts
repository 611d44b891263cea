import type { BatchContext } from '../chain/block-context.ts';
import { CALLDATA_BYTE_GAS, CALLDATA_ZERO_BYTE_GAS, TX_GAS } from '../chain/constants.ts';
import type { UnsignedTransaction } from '../chain/transaction.ts';

type Fees = Pick<UnsignedTransaction, 'maxFeePerGas' | 'maxPriorityFeePerGas'>;

/** Wei a gas that the sender pays (EIP-1559); types 0 and 1 carry their gas price in both fields. */
export function effectiveGasPrice({ maxFeePerGas, maxPriorityFeePerGas }: Fees, baseFee: bigint): bigint {
  const offered = baseFee + maxPriorityFeePerGas;
  return offered < maxFeePerGas ? offered : maxFeePerGas;
}

/** Wei a gas of `price` that the collector gets; the rest is burnt. */
export const collectedPrice = (
  price: bigint,
  { baseFee, feeMode }: Pick<BatchContext, 'baseFee' | 'feeMode'>,
): bigint => (feeMode === 1n ? price : price - baseFee);

/** Gas of calldata and of being a transaction (EIP-2028). */
export function intrinsicGas(data: Uint8Array): bigint {
  let zeros = 0;
  for (const byte of data) if (byte === 0) zeros += 1;
  return BigInt(TX_GAS + zeros * CALLDATA_ZERO_BYTE_GAS + (data.length - zeros) * CALLDATA_BYTE_GAS);
}
