import secp256k1 from 'secp256k1';
import { bytesToBigInt, concatBytes } from '../base/bytes.ts';
import { keccakWord } from './keccak.ts';
import { word32 } from './packed.ts';
import type { EcdsaSignature } from './record.ts';

/** Order of the group, and the largest s that EIP-2 accepts. */
export const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
export const LOW_S_MAX = SECP256K1_ORDER / 2n;

export interface PublicKey {
  readonly x: bigint;
  readonly y: bigint;
}

/** Recovers the key that made a low-s signature over a 32-byte hash; undefined when there is none. Native code. */
export function recoverPublicKey(hash: Uint8Array, { r, s, yParity }: EcdsaSignature): PublicKey | undefined {
  if (r === 0n || r >= SECP256K1_ORDER || s === 0n || s > LOW_S_MAX) return undefined;
  try {
    const key = secp256k1.ecdsaRecover(concatBytes(word32(r), word32(s)), yParity, hash, false);
    return { x: bytesToBigInt(key.subarray(1, 33)), y: bytesToBigInt(key.subarray(33)) };
  } catch {
    return undefined;
  }
}

/** The last 20 bytes of the key's keccak. */
export const addressOf = ({ x, y }: PublicKey): bigint =>
  keccakWord(concatBytes(word32(x), word32(y))) & ((1n << 160n) - 1n);
