import { storeError } from '../errors.ts';
import type { StoredBlock, StoredTransaction } from '../port.ts';

/**
 * A block is one record with its transactions inside: one encryption for all of them. Bytes: `hash (32) || batch (8) || payload length (4)
 * || payload || count (4)`, then `hash (32) || payload length (4) || payload` for each transaction.
 */
const HASH = 32;

export function encodeBlock(block: StoredBlock): Uint8Array {
  const size = block.transactions.reduce((sum, transaction) => sum + HASH + 4 + transaction.payload.length, 0);
  const bytes = Buffer.allocUnsafe(HASH + 8 + 4 + block.payload.length + 4 + size);
  let at = 0;
  const put = (part: Uint8Array) => {
    bytes.set(part, at);
    at += part.length;
  };
  put(requireHash(block.hash));
  at = bytes.writeBigUInt64BE(BigInt(block.batch), at);
  at = bytes.writeUInt32BE(block.payload.length, at);
  put(block.payload);
  at = bytes.writeUInt32BE(block.transactions.length, at);
  for (const { hash, payload } of block.transactions) {
    put(requireHash(hash));
    at = bytes.writeUInt32BE(payload.length, at);
    put(payload);
  }
  return bytes;
}

export function decodeBlock(number: number, plain: Uint8Array): StoredBlock {
  const bytes = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw storeError('STORE_RECORD_CORRUPT', 'a block record is cut short');
    at += length;
    return new Uint8Array(bytes.subarray(at - length, at));
  };
  const integer = () => Buffer.from(take(4)).readUInt32BE(0);
  const hash = take(HASH);
  const batch = Number(Buffer.from(take(8)).readBigUInt64BE(0));
  const payload = take(integer());
  const transactions: StoredTransaction[] = [];
  for (let left = integer(); left > 0; left--) transactions.push({ hash: take(HASH), payload: take(integer()) });
  if (at !== bytes.length) throw storeError('STORE_RECORD_CORRUPT', 'a block record is too long');
  return { number, hash, batch, payload, transactions };
}

function requireHash(hash: Uint8Array): Uint8Array {
  if (hash.length !== HASH) throw new RangeError('a hash has 32 bytes');
  return hash;
}
