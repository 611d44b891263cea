import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { storeError } from '../errors.ts';

/**
 * A file encrypted under a key of its own, which is used for nothing else. Bytes: the header, then chunks of CHUNK plain bytes (the last one
 * shorter, perhaps empty), each with its tag. STREAM of Hoang, Reyhanitabar, Rogaway and Vizar (CRYPTO 2015): the nonce is the chunk's
 * number and whether it is the last, so that chunks cannot be reordered, dropped or cut off. The wrapped key is not part of the file:
 * its sha256 stays what it was when the KEK changes.
 */
export const FILE_HEADER = Buffer.from('PRIVITY FILE 1\n\0');
const CHUNK = 64 * 1024;
const TAG = 16;

function nonceOf(index: number, last: boolean): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

export async function* encryptFile(
  key: KeyObject,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const seal = (index: number, last: boolean, plain: Uint8Array) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index, last));
    cipher.setAAD(FILE_HEADER);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  };
  yield FILE_HEADER;
  let index = 0;
  for await (const { bytes, last } of rechunk(chunks, CHUNK)) yield seal(index++, last, bytes);
}

export async function* decryptFile(
  key: KeyObject,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let index = 0;
  for await (const { bytes, last } of rechunk(withoutHeader(chunks), CHUNK + TAG)) {
    if (bytes.length < TAG) throw storeError('STORE_FILE_CORRUPT', 'a file is cut short');
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index++, last), { authTagLength: TAG });
    decipher.setAAD(FILE_HEADER);
    decipher.setAuthTag(bytes.subarray(-TAG));
    const plain = decipher.update(bytes.subarray(0, -TAG));
    try {
      decipher.final();
    } catch (error) {
      throw storeError('STORE_FILE_CORRUPT', `chunk ${index - 1} of a file does not open`, { cause: error });
    }
    yield plain;
  }
}

async function* withoutHeader(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let missing = FILE_HEADER.length;
  for await (const chunk of chunks) {
    const skipped = Math.min(missing, chunk.length);
    const from = FILE_HEADER.length - missing;
    if (!FILE_HEADER.subarray(from, from + skipped).equals(chunk.subarray(0, skipped))) {
      throw storeError('STORE_FILE_CORRUPT', 'a file does not begin as it should');
    }
    missing -= skipped;
    if (chunk.length > skipped) yield chunk.subarray(skipped);
  }
  if (missing > 0) throw storeError('STORE_FILE_CORRUPT', 'a file is cut short');
}

/** Pieces of exactly `size` bytes; the last one, marked, has what is left and exists even when that is nothing. */
async function* rechunk(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ bytes: Uint8Array; last: boolean }, void, undefined> {
  let held: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    // A full piece is kept back until more follows, because it may be the last.
    while (held.length > size) {
      yield { bytes: held.subarray(0, size), last: false };
      held = held.subarray(size);
    }
  }
  yield { bytes: held, last: true };
}
