import { itemHash } from '../../../chain/block.ts';
import type { BlockView } from '../../port.ts';
import { toAddress, toHash, toQuantity } from '../schema/primitives.ts';
import { formatLog } from './format-log.ts';
import { itemFields } from './item-fields.ts';
import { EMPTY_BLOOM, logsBloom } from './logs-bloom.ts';
import type { VisibleItem } from './visible-block.ts';

export function formatReceipt(view: BlockView, visible: VisibleItem): object {
  const { item, logs, index, cumulativeGas } = visible;
  const { from, to } = itemFields(item);
  return {
    transactionHash: toHash(itemHash(item)),
    transactionIndex: toQuantity(index),
    blockHash: toHash(view.block.hash),
    blockNumber: toQuantity(view.block.number),
    type: item.kind === 'transaction' ? toQuantity(item.transaction.type) : '0x7e',
    from: toAddress(from),
    to: to === undefined ? null : toAddress(to),
    contractAddress: null,
    status: toQuantity(item.result.status),
    gasUsed: toQuantity(item.result.gasUsed),
    cumulativeGasUsed: toQuantity(cumulativeGas),
    effectiveGasPrice: toQuantity(item.result.effectiveGasPrice),
    logs: logs.map((log) => formatLog(view, visible, log)),
    logsBloom: visible.view === 'full' ? logsBloom(item.result.logs) : EMPTY_BLOOM,
  };
}
