/** Bytes of blocks and of their items, as the store keeps them. */

import { bigIntToBytes, bytesToBigInt, concatBytes } from '../base/bytes.ts';
import type { Block, BlockItem, ExecutedResult } from './block.ts';
import type { PriorityKind } from './priority-operation.ts';
import { encodeFields, FieldReader, integerField as int, type RlpField, textField } from './rlp-fields.ts';
import { decodeTransaction, reopenTransaction, type SignedTransaction } from './transaction.ts';

export function encodeBlockItem(item: BlockItem): Uint8Array {
  const body: RlpField =
    item.kind === 'transaction'
      ? item.transaction.raw
      : [
          int(item.operation.index),
          int(item.operation.kind),
          int(item.operation.sender),
          int(item.operation.a),
          int(item.operation.b),
          int(item.roll),
        ];
  const { result } = item;
  return encodeFields([
    int(item.kind === 'transaction' ? 0 : 1),
    body,
    int(item.index),
    int(item.record),
    int(item.cumulativeGas),
    int(item.firstLogIndex),
    int(item.salt),
    int(result.status),
    int(result.gasUsed),
    int(result.effectiveGasPrice),
    textField(result.ruleId),
    result.logs.map((log) => [int(log.address), log.topics.map(int), log.data]),
  ]);
}

/** No RLP list begins with it. */
const WITH_SENDER = 1;
const SENDER_END = 21;

/**
 * An item as this node's own tables keep it: a transaction's sender before its bytes, so that reading a block recovers no signature. Only for
 * what nobody else can write.
 */
export function encodeKeptItem(item: BlockItem): Uint8Array {
  const bytes = encodeBlockItem(item);
  if (item.kind === 'operation') return bytes;
  return concatBytes(Uint8Array.of(WITH_SENDER), bigIntToBytes(item.transaction.sender, 20), bytes);
}

/** The canonical bytes of an item (`encodeBlockItem`) out of kept ones. */
export const itemBytesOf = (kept: Uint8Array): Uint8Array =>
  kept[0] === WITH_SENDER ? kept.subarray(SENDER_END) : kept;

/** Kept before senders were: recovers. */
export function decodeKeptItem(kept: Uint8Array, chainId: bigint): BlockItem {
  if (kept[0] !== WITH_SENDER) return decodeBlockItem(kept, chainId);
  const sender = bytesToBigInt(kept.subarray(1, SENDER_END));
  return readItem(kept.subarray(SENDER_END), (raw) => reopenTransaction(raw, sender));
}

export const decodeBlockItem = (bytes: Uint8Array, chainId: bigint): BlockItem =>
  readItem(bytes, (raw) => decodeTransaction(raw, chainId));

function readItem(bytes: Uint8Array, open: (raw: Uint8Array) => SignedTransaction): BlockItem {
  const f = FieldReader.decode(bytes);
  const result: ExecutedResult = {
    status: f.number(7) === 1 ? 1 : 0,
    gasUsed: f.integer(8),
    effectiveGasPrice: f.integer(9),
    ruleId: f.text(10),
    logs: f.readers(11).map((log) => ({ address: log.integer(0), topics: log.integers(1), data: log.bytes(2) })),
  };
  const position = {
    index: f.number(2),
    record: f.number(3),
    cumulativeGas: f.integer(4),
    firstLogIndex: f.number(5),
    salt: f.integer(6),
    result,
  };
  if (f.number(0) === 0) return { ...position, kind: 'transaction', transaction: open(f.bytes(1)) };
  const [index, kind, sender, a, b, roll] = f.integers(1) as [bigint, bigint, bigint, bigint, bigint, bigint];
  return {
    ...position,
    kind: 'operation',
    operation: { index, kind: Number(kind) as PriorityKind, sender, a, b },
    roll,
  };
}

/** Everything of a block but its items. */
export type BlockHeader = Omit<Block, 'items'> & { readonly itemCount: number };

export const headerOf = ({ items, ...header }: Block): BlockHeader => ({ ...header, itemCount: items.length });

export const encodeBlockHeader = (header: BlockHeader): Uint8Array =>
  encodeFields(
    [
      header.number,
      header.timestamp,
      header.batch,
      header.hash,
      header.parentHash,
      header.gasLimit,
      header.baseFee,
      header.collector,
      header.gasUsed,
      header.txFrontier,
      header.itemCount,
    ].map(int),
  );

export function decodeBlockHeader(bytes: Uint8Array): BlockHeader {
  const f = FieldReader.decode(bytes);
  return {
    number: f.integer(0),
    timestamp: f.integer(1),
    batch: f.integer(2),
    hash: f.integer(3),
    parentHash: f.integer(4),
    gasLimit: f.integer(5),
    baseFee: f.integer(6),
    collector: f.integer(7),
    gasUsed: f.integer(8),
    txFrontier: f.integer(9),
    itemCount: f.number(10),
  };
}
