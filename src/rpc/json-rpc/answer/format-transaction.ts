import { itemHash } from '../../../chain/block.ts';
import type { SignedTransaction } from '../../../chain/transaction.ts';
import type { BlockView } from '../../port.ts';
import { toAddress, toData, toHash, toQuantity } from '../schema/primitives.ts';
import { itemFields } from './item-fields.ts';
import type { VisibleItem } from './visible-block.ts';

/** EIP-2718 type under which operations from L1 are shown; no user can send it. */
const OPERATION_TYPE = 0x7e;

export function formatTransaction({ block }: BlockView, { item, view, index }: VisibleItem, chainId: bigint): object {
  const place = {
    blockHash: toHash(block.hash),
    blockNumber: toQuantity(block.number),
    transactionIndex: toQuantity(index),
  };
  if (item.kind === 'transaction') {
    return { ...place, ...signedFields(item.transaction, view), gasPrice: toQuantity(item.result.effectiveGasPrice) };
  }
  const { from, to, value } = itemFields(item);
  return {
    ...place,
    hash: toHash(itemHash(item)),
    type: toQuantity(OPERATION_TYPE),
    chainId: toQuantity(chainId),
    nonce: toQuantity(item.operation.index),
    from: toAddress(from),
    to: to === undefined ? null : toAddress(to),
    value: toQuantity(value),
    gas: '0x0',
    gasPrice: '0x0',
    input: '0x',
    v: '0x0',
    r: '0x0',
    s: '0x0',
  };
}

export const formatPendingTransaction = (transaction: SignedTransaction): object => ({
  blockHash: null,
  blockNumber: null,
  transactionIndex: null,
  ...signedFields(transaction, 'full'),
  gasPrice: toQuantity(transaction.maxFeePerGas),
});

function signedFields(tx: SignedTransaction, view: 'full' | 'logs'): object {
  const { r, s, yParity } = tx.signature;
  const v = tx.type === 0 ? tx.chainId * 2n + 35n + BigInt(yParity) : BigInt(yParity);
  return {
    hash: toData(tx.hash),
    type: toQuantity(tx.type),
    chainId: toQuantity(tx.chainId),
    nonce: toQuantity(tx.nonce),
    from: toAddress(tx.sender),
    to: tx.to === undefined ? null : toAddress(tx.to),
    value: toQuantity(tx.value),
    gas: toQuantity(tx.gasLimit),
    input: view === 'full' ? toData(tx.data) : '0x',
    v: toQuantity(v),
    r: toQuantity(r),
    s: toQuantity(s),
    ...(tx.type === 0 ? {} : { yParity: toQuantity(yParity), accessList: [] }),
    ...(tx.type === 2
      ? { maxFeePerGas: toQuantity(tx.maxFeePerGas), maxPriorityFeePerGas: toQuantity(tx.maxPriorityFeePerGas) }
      : {}),
  };
}
