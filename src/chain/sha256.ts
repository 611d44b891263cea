import { createHash } from 'node:crypto';
import { bytesToBigInt } from '../base/bytes.ts';

/** SHA-256 (FIPS 180-4) of the parts, as an integer of 256 bits. */
export function sha256Word(...parts: Uint8Array[]): bigint {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return bytesToBigInt(hash.digest());
}
