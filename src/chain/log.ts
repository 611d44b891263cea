import { assert } from '../base/assert.ts';
import { bytesToBigInt } from '../base/bytes.ts';
import { TAG } from './constants.ts';
import { p2 } from './poseidon2.ts';
import { toWord } from './word.ts';

export interface Log {
  readonly address: bigint;
  /** 0 to 4 words. */
  readonly topics: readonly bigint[];
  readonly data: Uint8Array;
}

const CHUNK_BYTES = 31;

/** P2(BYTES; ...) over 31-byte big-endian chunks, the last one left-aligned; 0 for no bytes. */
export function hashBytes(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const chunks: bigint[] = [];
  for (let i = 0; i < bytes.length; i += CHUNK_BYTES) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    chunk.set(bytes.subarray(i, i + CHUNK_BYTES));
    chunks.push(bytesToBigInt(chunk));
  }
  return p2(TAG.BYTES, ...chunks);
}

export function hashLog(log: Log): bigint {
  assert(log.topics.length <= 4, 'a log has at most four topics');
  const limbs = Array.from({ length: 4 }, (_, i) => toWord(log.topics[i] ?? 0n)).flatMap(({ hi, lo }) => [hi, lo]);
  return p2(TAG.LOG, log.address, BigInt(log.topics.length), ...limbs, BigInt(log.data.length), hashBytes(log.data));
}

/** Commitment to a transaction's logs, 0 when it has none. */
export const hashLogs = (logs: readonly Log[]): bigint =>
  logs.reduce((commitment, log) => p2(TAG.LOGS, commitment, hashLog(log)), 0n);
