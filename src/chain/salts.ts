import { createHmac } from 'node:crypto';
import { bytesToBigInt, concatBytes } from '../base/bytes.ts';
import type { Secret } from '../base/secret.ts';
import { u32, u64, word32 } from './packed.ts';

/** Salts and blinds: unpredictable outside, identical when a batch is replayed. Each is 248 bits, so a field element. */
export interface Salts {
  /** For the NEXT half of a leaf written in `batch`. */
  leaf(batch: bigint, index: number): bigint;
  /** For the record of the transaction or operation with this 32-byte hash. */
  record(hash: bigint): bigint;
  /** For the precise part of the denial of the transaction with this 32-byte hash. */
  denial(hash: bigint): bigint;
  blind(batch: bigint): bigint;
  batch(batch: bigint): bigint;
}

export function createSalts(saltKey: Secret<Uint8Array>): Salts {
  const derive = (purpose: string, ...parts: Uint8Array[]): bigint => {
    const mac = createHmac('sha256', saltKey.reveal())
      .update(concatBytes(Buffer.from(purpose), ...parts))
      .digest();
    return bytesToBigInt(mac.subarray(0, 31));
  };
  return {
    leaf: (batch, index) => derive('leaf', u64(batch), u32(index)),
    record: (hash) => derive('tx', word32(hash)),
    denial: (hash) => derive('denial', word32(hash)),
    blind: (batch) => derive('blind', u64(batch)),
    batch: (batch) => derive('batch', u64(batch)),
  };
}
