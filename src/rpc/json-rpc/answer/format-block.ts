import { itemHash } from '../../../chain/block.ts';
import type { BlockView } from '../../port.ts';
import { toAddress, toHash, toQuantity } from '../schema/primitives.ts';
import { formatTransaction } from './format-transaction.ts';
import { EMPTY_BLOOM, logsBloom } from './logs-bloom.ts';
import type { VisibleBlock } from './visible-block.ts';

const ZERO_HASH = toHash(0n);
/** keccak256 of the RLP of an empty list: no uncles. */
const EMPTY_UNCLES = '0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347';

/** The fields of an Ethereum header. Those that tell how much happened are blank for readers who may not see all of it. */
export function formatBlock(view: BlockView, visible: VisibleBlock, whole: boolean, chainId: bigint): object {
  const { block, stateRoot } = view;
  const { full, items } = visible;
  const records = full ? toHash(block.txFrontier) : ZERO_HASH;
  return {
    number: toQuantity(block.number),
    hash: toHash(block.hash),
    parentHash: toHash(block.parentHash),
    timestamp: toQuantity(block.timestamp),
    stateRoot: toHash(stateRoot),
    transactionsRoot: records,
    receiptsRoot: records,
    gasLimit: toQuantity(block.gasLimit),
    gasUsed: full ? toQuantity(block.gasUsed) : '0x0',
    baseFeePerGas: toQuantity(block.baseFee),
    logsBloom: full ? logsBloom(block.items.flatMap(({ result }) => result.logs)) : EMPTY_BLOOM,
    miner: toAddress(block.collector),
    sha3Uncles: EMPTY_UNCLES,
    uncles: [],
    difficulty: '0x0',
    totalDifficulty: '0x0',
    extraData: '0x',
    mixHash: ZERO_HASH,
    nonce: '0x0000000000000000',
    size: '0x0',
    transactions: items.map((item) => (whole ? formatTransaction(view, item, chainId) : toHash(itemHash(item.item)))),
  };
}
