/**
 * The sha256 tree over a batch's message hashes, as PrivityChain builds it at execute and PrivityBridge opens it for a claim: leaf =
 * sha256(0x00 || hash), node = sha256(0x01 || left || right), an unused leaf is 0, depth 8.
 */

import { assert } from '../base/assert.ts';
import { MESSAGES_MAX } from '../chain/constants.ts';
import { u8, word32 } from '../chain/packed.ts';
import { sha256Word } from '../chain/sha256.ts';

export const MESSAGE_TREE_DEPTH = Math.log2(MESSAGES_MAX);

const leafOf = (hash: bigint): bigint => sha256Word(u8(0), word32(hash));
const nodeOf = (left: bigint, right: bigint): bigint => sha256Word(u8(1), word32(left), word32(right));

export interface MessageTree {
  readonly root: bigint;
  /** Siblings of message `index`, from the leaf up. */
  siblings(index: number): bigint[];
}

/** `hashes` are those of a batch's messages in order; there is no tree of none. */
export function buildMessageTree(hashes: readonly bigint[]): MessageTree {
  assert(hashes.length > 0 && hashes.length <= MESSAGES_MAX, 'a message tree holds 1 to 256 messages');
  const levels: bigint[][] = [hashes.map(leafOf)];
  const empty = [0n];
  for (let depth = 0; depth < MESSAGE_TREE_DEPTH; depth++) {
    const below = levels[depth]!;
    const above: bigint[] = [];
    for (let i = 0; i < below.length; i += 2) above.push(nodeOf(below[i]!, below[i + 1] ?? empty[depth]!));
    levels.push(above);
    empty.push(nodeOf(empty[depth]!, empty[depth]!));
  }
  return {
    root: levels[MESSAGE_TREE_DEPTH]![0]!,
    siblings(index) {
      assert(Number.isInteger(index) && index >= 0 && index < hashes.length, 'no such message in the tree');
      return Array.from(
        { length: MESSAGE_TREE_DEPTH },
        (_, depth) => levels[depth]![(index >> depth) ^ 1] ?? empty[depth]!,
      );
    },
  };
}
