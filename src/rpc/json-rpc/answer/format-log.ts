import { itemHash } from '../../../chain/block.ts';
import type { BlockView } from '../../port.ts';
import { toAddress, toData, toHash, toQuantity } from '../schema/primitives.ts';
import type { VisibleItem, VisibleLog } from './visible-block.ts';

export const formatLog = (
  { block }: BlockView,
  { item, index: transactionIndex }: Pick<VisibleItem, 'item' | 'index'>,
  { log, index }: Pick<VisibleLog, 'log' | 'index'>,
): object => ({
  address: toAddress(log.address),
  topics: log.topics.map(toHash),
  data: toData(log.data),
  blockHash: toHash(block.hash),
  blockNumber: toQuantity(block.number),
  blockTimestamp: toQuantity(block.timestamp),
  transactionHash: toHash(itemHash(item)),
  transactionIndex: toQuantity(transactionIndex),
  logIndex: toQuantity(index),
  removed: false,
});
