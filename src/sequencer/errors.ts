import { defineErrors } from '../base/errors.ts';

const refused = (publicText: string) => ({ httpStatus: 400, rpcCode: -32000, publicText });

/** Answers to a submission that was not accepted. None says "frozen" or "sanctioned" (G5). */
export const sequencerError = defineErrors('sequencer', {
  SUBMIT_DENIED: {
    httpStatus: 403,
    rpcCode: -32001,
    publicText: 'Forbidden: the policy does not allow this transaction.',
  },
  SUBMIT_BUSY: {
    httpStatus: 503,
    rpcCode: -32005,
    publicText: 'Busy: more is accepted than can be proven at present. Try again later; nothing was accepted.',
  },
  SUBMIT_MEMPOOL_FULL: {
    httpStatus: 503,
    rpcCode: -32005,
    publicText: 'Busy: too many transactions are waiting. Try again later.',
  },
  SUBMIT_LOG_BUSY: {
    httpStatus: 503,
    rpcCode: -32005,
    publicText: 'Busy: transactions come faster than they can be stored. Try again later; nothing was accepted.',
  },
  SUBMIT_LANE_FULL: refused('Too many transactions of this sender are waiting.'),
  SUBMIT_RATE: {
    httpStatus: 429,
    rpcCode: -32005,
    publicText: 'Too many refused transactions of this sender in the last minute.',
  },
  SUBMIT_UNDERPRICED: refused('replacement transaction underpriced'),
  SUBMIT_CAPACITY: refused('The transaction is too long for the circuits of this version.'),
  SUBMIT_OUTCOME_DENIED: refused('This transaction has already ended as a denial; privity_getOutcome tells more.'),
  SUBMIT_STOPPING: { httpStatus: 503, rpcCode: -32005, publicText: 'The node is stopping. Nothing was accepted.' },
  SUBMIT_UNWINDING: {
    httpStatus: 503,
    rpcCode: -32005,
    publicText: 'Busy: the chain is executing withdrawn batches again. Try again later; nothing was accepted.',
  },
  SUBMIT_NOT_DURABLE: {
    httpStatus: 503,
    rpcCode: -32603,
    publicText: 'The transaction could not be stored. It was not accepted.',
  },
});

/** Reasons for which the chain itself stops rather than commit doubt. */
export const chainHalted = defineErrors('chain-halted', {
  HALT_UNKNOWN_POLICY: {
    httpStatus: 503,
    rpcCode: -32603,
    publicText: 'L1 put a policy root in force whose policy this node does not have. Give it the file and restart.',
  },
  HALT_UNKNOWN_LIST: {
    httpStatus: 503,
    rpcCode: -32603,
    publicText: 'L1 put a list root in force whose members this node does not have. Give it the file and restart.',
  },
  HALT_FINAL_TOUCHED: {
    httpStatus: 503,
    rpcCode: -32603,
    publicText:
      'Ethereum took back operations that stand in batches it had executed. The node cannot repair that; governance must decide.',
  },
  HALT_TOO_MANY_MESSAGES: {
    httpStatus: 503,
    rpcCode: -32603,
    publicText: 'The operations that lead to a policy root in force send more messages than one batch can hold.',
  },
  HALT_REPLAY_MISMATCH: {
    httpStatus: 503,
    rpcCode: -32603,
    publicText: 'Replaying the block log gave another root than the one recorded. The store is damaged or was edited.',
  },
});
