/** Bytes of blocks and of their items, as the store keeps them. */

import type { Block, BlockItem, ExecutedResult } from './block.ts';
import type { PriorityKind } from './priority-operation.ts';
import { encodeFields, FieldReader, integerField as int, type RlpField, textField } from './rlp-fields.ts';
import { decodeTransaction } from './transaction.ts';

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

export function decodeBlockItem(bytes: Uint8Array, chainId: bigint): BlockItem {
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
  if (f.number(0) === 0)
    return { ...position, kind: 'transaction', transaction: decodeTransaction(f.bytes(1), chainId) };
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
