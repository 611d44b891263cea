import { defineErrors } from '../base/errors.ts';

const internal = { httpStatus: 500, rpcCode: -32603, publicText: 'The prover failed.' } as const;

/** None of these is an answer to a user of the chain: proving is the operator's business. */
const SPECS = {
  /** The files of the reference string are missing, truncated, edited, or no powers of one secret. */
  STRING_INVALID: internal,
  /** A string or its file is not the one whose hash was published. */
  STRING_HASH_MISMATCH: internal,
  /** A circuit is larger than the reference string allows; the binary would look for more points on the internet. */
  STRING_TOO_SHORT: internal,
  /** No proving binary is shipped for this machine. */
  BACKEND_MISSING: internal,
  /** The proving binary ended with an error, for want of memory for instance. */
  BACKEND_FAILED: internal,
  /** The proving binary ran longer than it may and was killed. */
  BACKEND_TIMEOUT: internal,
  /** A witness does not satisfy its circuit. */
  WITNESS_UNSATISFIED: internal,
  /** A proof was made and does not verify. */
  PROOF_INVALID: internal,
  /** A proof or key has the wrong length or an element outside the field. */
  PROOF_MALFORMED: internal,
  /** Circuits, string or binary on this machine do not give the verification keys that were committed. */
  KEYS_MISMATCH: internal,
  /** The committed key file cannot be read. */
  KEYS_INVALID: internal,
  /** The generated verifier contract does not look as expected, or does not compile. */
  VERIFIER_TEMPLATE: internal,
  /** Circuits, string or keys could not be made. */
  PREPARE_FAILED: internal,
  /** Proofs to be merged do not follow each other. */
  RANGE_BROKEN: internal,
  /** A proving job failed too often; settlement stops until an operator has looked. */
  JOB_POISONED: internal,
  /** A worker lost the lease of its job to another. */
  JOB_LEASE_LOST: internal,
} as const;

export type ProverErrorCode = keyof typeof SPECS;

export const proverError = defineErrors<ProverErrorCode>('prover', SPECS);

export const isProverErrorCode = (code: string): code is ProverErrorCode => Object.hasOwn(SPECS, code);
