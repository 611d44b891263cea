import type { EvmTransaction, InvalidCode } from '../port.ts';

/** Gas of being a transaction (yellow paper, EIP-2028, EIP-2930, EIP-3860). */
const CREATE_GAS = 32_000n;
const ACCESS_ADDRESS_GAS = 2_400n;
const ACCESS_SLOT_GAS = 1_900n;
const INIT_CODE_WORD_GAS = 2n;

/** EIP-3860. */
export const initCodeBytesMax = 49_152;

import { intrinsicGas } from '../fees.ts';

export function evmIntrinsicGas(tx: Pick<EvmTransaction, 'to' | 'data' | 'accessList'>): bigint {
  const slots = tx.accessList.reduce((sum, { storageKeys }) => sum + storageKeys.length, 0);
  const list = BigInt(tx.accessList.length) * ACCESS_ADDRESS_GAS + BigInt(slots) * ACCESS_SLOT_GAS;
  const create = tx.to === undefined ? CREATE_GAS + INIT_CODE_WORD_GAS * BigInt(Math.ceil(tx.data.length / 32)) : 0n;
  return intrinsicGas(tx.data) + list + create;
}

/** Rules of the general path beyond those that the native one shares: EIP-3607 and EIP-3860. */
export function findEvmInvalid(
  tx: EvmTransaction,
  senderHasCode: boolean,
): { readonly kind: 'invalid'; readonly code: InvalidCode; readonly reason: string } | undefined {
  if (senderHasCode) return { kind: 'invalid', code: 'TX_SENDER_NOT_EOA', reason: 'the sender has code' };
  if (tx.to === undefined && tx.data.length > initCodeBytesMax) {
    return { kind: 'invalid', code: 'TX_INIT_CODE_SIZE', reason: `${tx.data.length} bytes` };
  }
  return undefined;
}
