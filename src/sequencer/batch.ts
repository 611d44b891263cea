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
