/**
 * Code as the zkEVM commits to it: pages of eight 31-byte words and a bit for each byte that begins an instruction, in a tree of 128 pages
 * (31,744 bytes; EIP-170 allows 24,576). Behind the code stand zeros, which are STOPs, as the EVM reads them.
 */

import { bytesToBigInt } from '../../../base/bytes.ts';
import { node, p2 } from '../../../chain/poseidon2.ts';
import { OP_INFO } from './opcodes.ts';

export const CODE_PAGE_TAG = 80;
export const CODE_TREE_DEPTH = 7;
const WORD_BYTES = 31;
const PAGE_WORDS = 8;
export const CODE_PAGE_BYTES = WORD_BYTES * PAGE_WORDS;
const PAGES = 2 ** CODE_TREE_DEPTH;

export interface CodePage {
  readonly index: number;
  readonly words: readonly bigint[];
  readonly begins: bigint;
}

export interface CodeTree {
  readonly root: bigint;
  page(index: number): CodePage;
  siblings(index: number): readonly bigint[];
}

/** One entry a byte: whether an instruction begins there (yellow paper 9.4.3). */
export function instructionStarts(code: Uint8Array): boolean[] {
  const starts = Array<boolean>(PAGES * CODE_PAGE_BYTES).fill(true);
  for (let at = 0; at < code.length; ) {
    const { immediate } = OP_INFO[code[at]!]!;
    for (let i = 1; i <= immediate; i++) starts[at + i] = false;
    at += 1 + immediate;
  }
  return starts;
}

export function createCodeTree(code: Uint8Array): CodeTree {
  if (code.length > PAGES * CODE_PAGE_BYTES) throw new RangeError(`code of ${code.length} bytes`);
  const bytes = new Uint8Array(PAGES * CODE_PAGE_BYTES);
  bytes.set(code);
  const starts = instructionStarts(code);
  const pages = Array.from({ length: PAGES }, (_, index): CodePage => {
    const from = index * CODE_PAGE_BYTES;
    return {
      index,
      words: Array.from({ length: PAGE_WORDS }, (_, word) =>
        bytesToBigInt(bytes.subarray(from + word * WORD_BYTES, from + (word + 1) * WORD_BYTES)),
      ),
      begins: starts
        .slice(from, from + CODE_PAGE_BYTES)
        .reduce((bits, begins, i) => (begins ? bits | (1n << BigInt(i)) : bits), 0n),
    };
  });
  const levels = [pages.map(({ begins, words }) => p2(CODE_PAGE_TAG, begins, ...words))];
  for (let below = levels[0]!; below.length > 1; below = levels.at(-1)!) {
    levels.push(Array.from({ length: below.length / 2 }, (_, i) => node(below[2 * i]!, below[2 * i + 1]!)));
  }
  return {
    root: levels.at(-1)![0]!,
    page(index) {
      const page = pages[index];
      if (page === undefined) throw new RangeError(`code page ${index}`);
      return page;
    },
    siblings: (index) => levels.slice(0, -1).map((level, height) => level[(index >> height) ^ 1]!),
  };
}
