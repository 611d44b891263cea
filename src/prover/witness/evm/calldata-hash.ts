/**
 * Call data as the zkEVM commits to it: 31-byte words, zeros behind the last byte, folded eight at a time behind the size. That the bytes are those
 * a transaction was signed with belongs to the table that hashes the transaction.
 */

import { bytesToBigInt } from '../../../base/bytes.ts';
import { p2 } from '../../../chain/poseidon2.ts';

export const CALLDATA_TAG = 81;
export const DATA_WORD_BYTES = 31;
export const DATA_PAGE_WORDS = 8;

export function calldataWords(data: Uint8Array): bigint[] {
  return Array.from({ length: Math.ceil(data.length / DATA_WORD_BYTES) }, (_, i) => {
    const word = new Uint8Array(DATA_WORD_BYTES);
    word.set(data.subarray(i * DATA_WORD_BYTES, (i + 1) * DATA_WORD_BYTES));
    return bytesToBigInt(word);
  });
}

export function calldataHash(size: bigint, words: readonly bigint[]): bigint {
  let hash = p2(CALLDATA_TAG, size);
  for (let at = 0; at < words.length; at += DATA_PAGE_WORDS) {
    const page = Array.from({ length: DATA_PAGE_WORDS }, (_, i) => words[at + i] ?? 0n);
    hash = p2(CALLDATA_TAG, hash, ...page);
  }
  return hash;
}
