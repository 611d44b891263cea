import { defineErrors } from '../base/errors.ts';

const INTERNAL = { httpStatus: 500, rpcCode: -32603, publicText: 'Internal error.' };

export const raiseState = defineErrors('state', {
  /** The thread that keeps the state tree has ended; the node must restart. */
  STATE_TREE_STOPPED: INTERNAL,
  /** The tree was closed while a request waited or before it came. */
  STATE_TREE_CLOSED: INTERNAL,
  /** The request breaks a rule of the tree (a key twice, a value out of range, a batch out of order). Nothing was changed. */
  STATE_TREE_REFUSED: INTERNAL,
  /** A snapshot of the tree is truncated, altered or of another version. */
  STATE_SNAPSHOT_INVALID: INTERNAL,
  /** The record of a past batch, which a historical proof needs, is neither in memory nor in the store. */
  STATE_HISTORY_MISSING: INTERNAL,
  /** The record of a past batch does not fit the tree. */
  STATE_RECORD_INVALID: INTERNAL,
});
