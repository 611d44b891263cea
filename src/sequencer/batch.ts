import type { OpenBatch } from './open-batch.ts';

/** A batch that takes no more transactions, before its roots are computed. */
export type ClosedBatch = Pick<
  OpenBatch,
  | 'start'
  | 'number'
  | 'slot'
  | 'policyRoot'
  | 'firstBlock'
  | 'blockCount'
  | 'lastBlock'
  | 'lastTimestamp'
  | 'touched'
  | 'denials'
  | 'messages'
  | 'messagesRoll'
  | 'operations'
  | 'priorityRoll'
  | 'priorityIndex'
  | 'frontier'
  | 'txRoot'
  | 'ring'
  | 'parentHash'
  | 'dirty'
>;

/** What a witness needs of a sealed batch; its blocks are in the index, its leaves in the tree's history. */
export type ProvableBatch = Pick<
  ClosedBatch,
  'start' | 'number' | 'slot' | 'policyRoot' | 'firstBlock' | 'lastBlock'
> & { readonly touched: Iterable<bigint> };
