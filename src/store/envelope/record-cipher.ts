import { createCipheriv, createDecipheriv, createHmac, type KeyObject } from 'node:crypto';

/**
 * One sealed record: `format (1) || key version (4) || salt (16) || nonce (12) || ciphertext || tag (16)`.
 *
 * AES-256-GCM under a subkey of its own: HMAC-SHA256(data key, "record" || salt), which is HKDF-Expand (RFC 5869, 2.3) of one block; the
 * extract step is left out because the data key is already uniform (RFC 5869, 3.3). With 128 random bits choosing the subkey and 96 the
 * nonce, the 2^32 messages that NIST SP 800-38D allows per key with random nonces never come near for a data key as a whole.
 *
 * What the record is (store, table, primary key, versions, plain columns) is associated data: a row moved elsewhere does not open.
 */

const FORMAT = 1;
const SALT = 16;
const NONCE = 12;
const TAG = 16;
const HEADER = 1 + 4 + SALT + NONCE;
export const RECORD_OVERHEAD = HEADER + TAG;

const RECORD = Buffer.from('record');

export type RandomBytes = (length: number) => Uint8Array;

export interface DataKey {
  readonly version: number;
  readonly key: KeyObject;
}

const subkey = (key: KeyObject, salt: Uint8Array): Buffer =>
  createHmac('sha256', key).update(RECORD).update(salt).update(Uint8Array.of(1)).digest();

export function sealRecord(
  dataKey: DataKey,
  associated: Uint8Array,
  plain: Uint8Array,
  random: RandomBytes,
): Uint8Array {
  const header = Buffer.alloc(HEADER);
  header[0] = FORMAT;
  header.writeUInt32BE(dataKey.version, 1);
  header.set(random(SALT + NONCE), 5);
  const cipher = createCipheriv(
    'aes-256-gcm',
    subkey(dataKey.key, header.subarray(5, 5 + SALT)),
    header.subarray(5 + SALT),
  );
  cipher.setAAD(Buffer.concat([header.subarray(0, 5), associated]));
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([header, body, cipher.getAuthTag()]);
}

/** The version of the data key a record names, or undefined when it is too short or of another format. */
export function recordKeyVersion(record: Uint8Array): number | undefined {
  if (record.length < RECORD_OVERHEAD || record[0] !== FORMAT) return undefined;
  return new DataView(record.buffer, record.byteOffset).getUint32(1);
}

/** The plain bytes, or undefined when anything at all differs from what was sealed. */
export function openRecord(dataKey: DataKey, associated: Uint8Array, record: Uint8Array): Uint8Array | undefined {
  if (recordKeyVersion(record) !== dataKey.version) return undefined;
  const tagAt = record.length - TAG;
  const decipher = createDecipheriv(
    'aes-256-gcm',
    subkey(dataKey.key, record.subarray(5, 5 + SALT)),
    record.subarray(5 + SALT, HEADER),
    { authTagLength: TAG },
  );
  decipher.setAAD(Buffer.concat([record.subarray(0, 5), associated]));
  decipher.setAuthTag(record.subarray(tagAt));
  const plain = decipher.update(record.subarray(HEADER, tagAt));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength);
}
