import { createKeccak } from 'hash-wasm';
import { bytesToBigInt } from '../base/bytes.ts';

const hasher = await createKeccak(256);

/** Keccak-256 (the Ethereum variant of SHA-3), in wasm: this stands on the hot path. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  return hasher.init().update(bytes).digest('binary');
}

export const keccakWord = (bytes: Uint8Array): bigint => bytesToBigInt(keccak256(bytes));
