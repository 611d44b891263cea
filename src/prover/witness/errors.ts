import { defineErrors } from '../../base/errors.ts';

const internal = { httpStatus: 500, rpcCode: -32603, publicText: 'The prover failed.' } as const;

/** A sealed batch that cannot be turned into witnesses: sequencing let in what it must not. */
export const witnessError = defineErrors('witness', {
  /** One transaction or operation needs more rows of a table than the largest segment circuit has; the text names the table. */
  WITNESS_CAPACITY: internal,
  /** The state transition does not execute what the batch says was executed. */
  WITNESS_REFUSED: internal,
  /** The items of a batch are not in an order that the statement knows. */
  WITNESS_ORDER: internal,
  /** A trace of the EVM holds what its tables cannot express: more than one frame, an exceptional halt, an unknown opcode. */
  WITNESS_TRACE: internal,
});
