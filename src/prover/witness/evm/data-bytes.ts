import { bytesToBigInt } from '../../../base/bytes.ts';
import { calldataWords, DATA_WORD_BYTES } from './calldata-hash.ts';
import type { DataInput } from './frame-inputs.ts';
import type { CopySource } from './memory-tables.ts';

/** Bytes of call data as words hold them: every window from there on is zeros. */
const endOf = (data: Uint8Array): number => DATA_WORD_BYTES * Math.ceil(data.length / DATA_WORD_BYTES);

/** What CALLDATALOAD and CALLDATACOPY read. */
export function createCopySource(data: Uint8Array): CopySource {
  const end = endOf(data);
  return {
    clip: (place) => (place > BigInt(end) ? end : Number(place)),
    window(index) {
      const bytes = new Uint8Array(32);
      bytes.set(data.subarray(index, index + 32));
      return bytesToBigInt(bytes);
    },
  };
}

export function dataInput(data: Uint8Array, rows: number): DataInput {
  const used = calldataWords(data);
  const end = endOf(data);
  return {
    words: Array.from({ length: rows }, (_, i) => ({ used: i < used.length, word: used[i] ?? 0n })),
    size: data.length,
    end,
    tail: end - data.length,
  };
}
