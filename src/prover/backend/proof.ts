/** Proofs and keys as field elements: what the binary writes is a string of 32-byte big-endian elements. */

import { bigIntToBytes, bytesToBigInt, concatBytes } from '../../base/bytes.ts';
import { FR_MODULUS } from '../../chain/constants.ts';
import { proverError } from '../errors.ts';

/** Elements of a verification key with a Poseidon2 transcript. */
export const VK_FIELDS = 115;
/** Elements of a proof without its public inputs, by whether it hides its witness. */
export const PROOF_FIELDS = { inner: 410, 'inner-zk': 458 } as const;

export interface Proof {
  /** Without public inputs. */
  readonly proof: Uint8Array;
  readonly publicInputs: readonly bigint[];
}

/** Throws PROOF_MALFORMED on a length that is not whole or an element outside the field. */
export function toFields(bytes: Uint8Array): bigint[] {
  if (bytes.length % 32 !== 0)
    throw proverError('PROOF_MALFORMED', `${bytes.length} bytes are no whole number of elements`);
  return Array.from({ length: bytes.length / 32 }, (_, i) => {
    const element = bytesToBigInt(bytes.subarray(i * 32, i * 32 + 32));
    if (element >= FR_MODULUS) throw proverError('PROOF_MALFORMED', `element ${i} is not reduced`);
    return element;
  });
}

export const fromFields = (fields: readonly bigint[]): Uint8Array =>
  concatBytes(...fields.map((field) => bigIntToBytes(field, 32)));
