/** Keccak's padding and lanes, as the circuits take them. */

import { assert } from '../../base/assert.ts';

export const RATE_BYTES = 136;
const LANE_BYTES = 8;

/** Blocks of 17 little-endian 64-bit lanes: the message, 1, zeros, and the top bit of the last byte. */
export function keccakLanes(message: Uint8Array, blocks: number): bigint[][] {
  const end = blocks * RATE_BYTES;
  assert(message.length < end && message.length >= end - RATE_BYTES, 'message of another number of Keccak blocks');
  const padded = new Uint8Array(end);
  padded.set(message);
  padded[message.length] = 0x01;
  padded[end - 1] = padded[end - 1]! | 0x80;
  const view = new DataView(padded.buffer);
  return Array.from({ length: blocks }, (_, block) =>
    Array.from({ length: RATE_BYTES / LANE_BYTES }, (_, lane) =>
      view.getBigUint64(block * RATE_BYTES + lane * LANE_BYTES, true),
    ),
  );
}
