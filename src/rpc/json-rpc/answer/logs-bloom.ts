import { bigIntToBytes, bytesToHex } from '../../../base/bytes.ts';
import { keccak256 } from '../../../chain/keccak.ts';
import type { Log } from '../../../chain/log.ts';

const BLOOM_BYTES = 256;

export const EMPTY_BLOOM = `0x${'00'.repeat(BLOOM_BYTES)}`;

/** The 2048-bit filter of addresses and topics (Yellow Paper, 4.3.1). */
export function logsBloom(logs: readonly Log[]): string {
  if (logs.length === 0) return EMPTY_BLOOM;
  const bloom = new Uint8Array(BLOOM_BYTES);
  for (const log of logs) {
    add(bloom, bigIntToBytes(log.address, 20));
    for (const topic of log.topics) add(bloom, bigIntToBytes(topic, 32));
  }
  return bytesToHex(bloom);
}

function add(bloom: Uint8Array, entry: Uint8Array): void {
  const hash = keccak256(entry);
  for (const pair of [0, 2, 4]) {
    const bit = ((hash[pair]! << 8) | hash[pair + 1]!) & 2047;
    const byte = BLOOM_BYTES - 1 - (bit >> 3);
    bloom[byte] = bloom[byte]! | (1 << (bit & 7));
  }
}
