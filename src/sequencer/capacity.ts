/**
 * What one transaction may be so that the largest segment profile holds it (G2): a capacity decides admission only, never a result. Tables
 * that several transactions share need no check here, because a batch may have any number of segments.
 */

import { findSystemFunction } from '../chain/system-call.ts';
import type { SignedTransaction } from '../chain/transaction.ts';

/** Bytes of a signed preimage: one and two blocks of keccak256, less the padding. */
export const signedBytesMax = { shortSignatures: 135, longSignatures: 271 } as const;

export interface CapacityOverflow {
  readonly table: keyof typeof signedBytesMax;
  readonly bytes: number;
  readonly bytesMax: number;
}

export function findCapacityOverflow(transaction: SignedTransaction): CapacityOverflow | undefined {
  const { to, data, signedBytes } = transaction;
  const call = to === undefined ? undefined : findSystemFunction(to, data)?.kind;
  const table = call === 'setIdentity' || call === 'unfreeze' ? 'longSignatures' : 'shortSignatures';
  const bytesMax = signedBytesMax[table];
  return signedBytes.length > bytesMax ? { table, bytes: signedBytes.length, bytesMax } : undefined;
}

export const describeOverflow = ({ table, bytes, bytesMax }: CapacityOverflow): string =>
  `${bytes} signed bytes, where the circuits' table ${table} takes ${bytesMax}`;
