/** Leaf indices in ascending order of their keys, in blocks: look-up, insertion and removal among millions in a few hundred nanoseconds. */

import { assert } from '../base/assert.ts';
import type { TreeMemory } from './tree-memory.ts';

const BLOCK_ITEMS = 512;
const BULK_ITEMS = 384;

interface Block {
  count: number;
  /** Top bits of the keys, so that most comparisons stay in this array. */
  readonly prefixes: Float64Array;
  readonly leaves: Uint32Array;
}

const createBlock = (): Block => ({
  count: 0,
  prefixes: new Float64Array(BLOCK_ITEMS),
  leaves: new Uint32Array(BLOCK_ITEMS),
});

export class KeyOrder {
  readonly #memory: TreeMemory;
  #blocks: Block[] = [];
  /** Of each block the prefix of its first key, side by side: the search for a block then stays in the cache. */
  #firsts: number[] = [];

  constructor(memory: TreeMemory) {
    this.#memory = memory;
  }

  /** The leaf with the greatest key at most the one at address `key`. The head's key is 0, so there is one. */
  floor(key: number): number {
    const block = this.#blockOf(key);
    return block.leaves[this.#positionIn(block, key)]!;
  }

  /** Adds a leaf whose key is new. */
  insert(leaf: number): void {
    const key = this.#memory.key(leaf);
    const number = this.#blockNumber(key);
    let block = this.#blocks[number]!;
    let position = this.#positionIn(block, key) + 1;
    if (block.count === BLOCK_ITEMS) {
      const upper = this.#split(number);
      if (position > block.count) {
        position -= block.count;
        block = upper;
      }
    }
    block.prefixes.copyWithin(position + 1, position, block.count);
    block.leaves.copyWithin(position + 1, position, block.count);
    block.prefixes[position] = this.#memory.prefix(key);
    block.leaves[position] = leaf;
    block.count += 1;
  }

  /** Takes a leaf out; the head stays. */
  remove(leaf: number): void {
    const key = this.#memory.key(leaf);
    const number = this.#blockNumber(key);
    const block = this.#blocks[number]!;
    const position = this.#positionIn(block, key);
    assert(block.leaves[position] === leaf && leaf !== 0, 'the leaf to remove is not in the order of keys');
    block.prefixes.copyWithin(position, position + 1, block.count);
    block.leaves.copyWithin(position, position + 1, block.count);
    block.count -= 1;
    if (block.count > 0) {
      this.#firsts[number] = block.prefixes[0]!;
    } else {
      this.#blocks.splice(number, 1);
      this.#firsts.splice(number, 1);
    }
  }

  /** The leaf before `leaf` in the order of keys. */
  before(leaf: number): number {
    const key = this.#memory.key(leaf);
    const number = this.#blockNumber(key);
    const block = this.#blocks[number]!;
    const position = this.#positionIn(block, key);
    assert(leaf !== 0, 'no key is before the head');
    if (position > 0) return block.leaves[position - 1]!;
    const previous = this.#blocks[number - 1]!;
    return previous.leaves[previous.count - 1]!;
  }

  /** Replaces all: follows the tree's linked list from the head. Throws InvariantError unless it is ascending and has `count` leaves. */
  rebuild(count: number): void {
    const memory = this.#memory;
    const blocks: Block[] = [];
    let block = createBlock();
    let leaf = 0;
    for (let i = 0; i < count; i++) {
      if (block.count === BULK_ITEMS) {
        blocks.push(block);
        block = createBlock();
      }
      block.prefixes[block.count] = memory.prefix(memory.key(leaf));
      block.leaves[block.count] = leaf;
      block.count += 1;
      const next = memory.getNext(leaf);
      if (i + 1 < count) {
        assert(next > 0 && next < count, 'the list of keys ends early');
        assert(memory.compare(memory.key(next), memory.key(leaf)) > 0, 'the list of keys does not ascend');
      } else {
        assert(next === 0, 'the list of keys has a tail');
      }
      leaf = next;
    }
    this.#blocks = [...blocks, block];
    this.#firsts = this.#blocks.map(({ prefixes }) => prefixes[0]!);
  }

  #split(number: number): Block {
    const block = this.#blocks[number]!;
    const upper = createBlock();
    const half = BLOCK_ITEMS / 2;
    upper.prefixes.set(block.prefixes.subarray(half));
    upper.leaves.set(block.leaves.subarray(half));
    upper.count = BLOCK_ITEMS - half;
    block.count = half;
    this.#blocks.splice(number + 1, 0, upper);
    this.#firsts.splice(number + 1, 0, upper.prefixes[0]!);
    return upper;
  }

  #blockOf(key: number): Block {
    return this.#blocks[this.#blockNumber(key)]!;
  }

  /** The last block whose first key is at most `key`. */
  #blockNumber(key: number): number {
    const prefix = this.#memory.prefix(key);
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const first = this.#firsts[middle]!;
      const isAtMost = first === prefix ? this.#isAtMost(this.#blocks[middle]!, 0, key, prefix) : first < prefix;
      if (isAtMost) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The last position whose key is at most `key`, -1 if none. */
  #positionIn(block: Block, key: number): number {
    const prefix = this.#memory.prefix(key);
    let low = -1;
    let high = block.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#isAtMost(block, middle, key, prefix)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #isAtMost(block: Block, position: number, key: number, prefix: number): boolean {
    const other = block.prefixes[position]!;
    if (other !== prefix) return other < prefix;
    return this.#memory.compare(this.#memory.key(block.leaves[position]!), key) <= 0;
  }
}
