import { hash } from 'node:crypto';
import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';
import { u32, u64 } from '../chain/packed.ts';
import type { SaltWriter } from './indexed-tree.ts';

const BLOCK_BYTES = 64;
const SALT_BYTES = 31;

/**
 * `createSalts(key).leaf(batch, index)` (src/chain/salts.ts) written in place: HMAC-SHA256 (RFC 2104) as two one-shot hashes, which costs a third
 * of a Hmac object; a batch needs a salt for every leaf it changes.
 */
export function createSaltWriter(saltKey: Uint8Array, batch: bigint): SaltWriter {
  assert(saltKey.length > 0 && saltKey.length <= BLOCK_BYTES, 'a salt key has 1 to 64 bytes');
  const pad = (byte: number) => Uint8Array.from({ length: BLOCK_BYTES }, (_, i) => (saltKey[i] ?? 0) ^ byte);
  const inner = concatBytes(pad(0x36), Buffer.from('leaf'), u64(batch), u32(0));
  const outer = concatBytes(pad(0x5c), new Uint8Array(32));
  const indexAt = inner.length - 4;
  const innerView = new DataView(inner.buffer);
  return (index, to, at) => {
    innerView.setUint32(indexAt, index);
    outer.set(hash('sha256', inner, 'buffer'), BLOCK_BYTES);
    const mac = hash('sha256', outer, 'buffer');
    // The salt is the first 31 bytes read as a big-endian integer.
    for (let word = 0; word < 7; word++) to[at + word] = mac.readUInt32BE(SALT_BYTES - 4 * (word + 1));
    to[at + 7] = mac.readUIntBE(0, 3);
  };
}
