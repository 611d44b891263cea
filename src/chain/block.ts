import type { Log } from './log.ts';
import type { PriorityOperation } from './priority-operation.ts';
import type { SignedTransaction } from './transaction.ts';

/** What executing a transaction or operation came to, as records and receipts need it. */
export interface ExecutedResult {
  readonly status: 0 | 1;
  readonly gasUsed: bigint;
  readonly effectiveGasPrice: bigint;
  readonly logs: readonly Log[];
  readonly ruleId: string;
}

interface ItemPosition {
  /** 0-based in the block. */
  readonly index: number;
  /** 0-based in the batch: the record's position in the batch's transaction tree. */
  readonly record: number;
  /** Gas of the block up to and with this item. */
  readonly cumulativeGas: bigint;
  /** Index in the block of its first log. */
  readonly firstLogIndex: number;
  readonly salt: bigint;
  readonly result: ExecutedResult;
}

export type BlockItem = ItemPosition &
  (
    | { readonly kind: 'transaction'; readonly transaction: SignedTransaction }
    | { readonly kind: 'operation'; readonly operation: PriorityOperation; readonly roll: bigint }
  );

/** 32-byte hash under which an item is asked for. */
export const itemHash = (item: BlockItem): bigint =>
  item.kind === 'transaction' ? BigInt(`0x${Buffer.from(item.transaction.hash).toString('hex')}`) : item.roll;

export interface Block {
  readonly number: bigint;
  /** Unix seconds. */
  readonly timestamp: bigint;
  readonly batch: bigint;
  readonly hash: bigint;
  readonly parentHash: bigint;
  readonly gasLimit: bigint;
  readonly baseFee: bigint;
  readonly collector: bigint;
  readonly gasUsed: bigint;
  /** Hash of the batch's record frontier after this block: salted, so headers may show it. */
  readonly txFrontier: bigint;
  readonly items: readonly BlockItem[];
}
