/** Collects, in the tree's thread, what a sparse view needs, and takes it back through the records of later batches. */

import { TREE_DEPTH } from '../chain/constants.ts';
import type { BatchRecord } from './batch-record.ts';
import type { IndexedTree } from './indexed-tree.ts';
import type { ViewData } from './sparse-view.ts';

const FR_WORDS = 8;

export class ViewCapture {
  readonly #tree: IndexedTree;
  readonly #nextIndex: number;
  readonly #leaves: Uint32Array<ArrayBuffer>;
  readonly #next: Uint32Array;
  readonly #values: Uint32Array<ArrayBuffer>;
  readonly #salts: Uint32Array<ArrayBuffer>;
  readonly #levels: readonly Uint32Array<ArrayBuffer>[];
  readonly #nodes: readonly Uint32Array<ArrayBuffer>[];

  /** Reads the tree as it is now; `nextIndex` is that of the root that is wanted. A key newer than that is absent there. */
  constructor(tree: IndexedTree, nextIndex: number, keys: Uint32Array) {
    const { memory } = tree;
    this.#tree = tree;
    this.#nextIndex = nextIndex;
    const found = new Set<number>();
    for (let i = 0; i < keys.length; i += FR_WORDS) {
      memory.write(memory.query, keys, i);
      found.add(this.#older(tree.order.floor(memory.query)));
    }
    this.#leaves = Uint32Array.from(found).sort();
    this.#next = this.#leaves.map((index) => memory.getNext(index));
    this.#values = new Uint32Array(this.#leaves.length * FR_WORDS);
    this.#salts = new Uint32Array(this.#leaves.length * FR_WORDS);
    for (const [i, index] of this.#leaves.entries()) {
      memory.read(memory.value(index), this.#values, i * FR_WORDS);
      memory.read(memory.salt(index), this.#salts, i * FR_WORDS);
    }
    this.#levels = siblingLevels(Uint32Array.from(new Set([...found, nextIndex])).sort());
    this.#nodes = this.#levels.map((indices, level) => {
      const words = new Uint32Array(indices.length * FR_WORDS);
      for (const [i, index] of indices.entries()) memory.read(memory.node(level, index), words, i * FR_WORDS);
      return words;
    });
  }

  /** Steps back over the batch of `record`; records come in descending order. */
  rewind(record: BatchRecord): void {
    const { words, at } = record;
    for (const [i, index] of this.#leaves.entries()) {
      const found = record.findLeaf(index);
      if (found < 0) continue;
      this.#next[i] = words[at.nextBefore + found]!;
      copyFr(words, at.valuesBefore + found * FR_WORDS, this.#values, i);
      copyFr(words, at.saltsBefore + found * FR_WORDS, this.#salts, i);
    }
    for (const [level, indices] of this.#levels.entries()) {
      for (const [i, index] of indices.entries()) {
        const found = record.findNode(level, index);
        if (found >= 0) copyFr(words, found, this.#nodes[level]!, i);
      }
    }
  }

  finish(): ViewData {
    const { memory } = this.#tree;
    const keysOf = (indices: Uint32Array): Uint32Array<ArrayBuffer> => {
      const keys = new Uint32Array(indices.length * FR_WORDS);
      for (const [i, index] of indices.entries()) memory.read(memory.key(index), keys, i * FR_WORDS);
      return keys;
    };
    return {
      nextIndex: this.#nextIndex,
      leaves: this.#leaves,
      keys: keysOf(this.#leaves),
      nextKeys: keysOf(this.#next),
      values: this.#values,
      salts: this.#salts,
      levels: this.#levels,
      nodes: this.#nodes,
    };
  }

  /** The nearest leaf downwards that existed at the wanted root. Keys are hashes, so newer ones are spread evenly and the walk is short. */
  #older(leaf: number): number {
    let at = leaf;
    while (at >= this.#nextIndex) at = this.#tree.order.before(at);
    return at;
  }
}

function copyFr(from: Uint32Array, offset: number, to: Uint32Array, element: number): void {
  for (let i = 0; i < FR_WORDS; i++) to[element * FR_WORDS + i] = from[offset + i]!;
}

/** By level, ascending, the siblings of the paths from the ascending `indices`; at the top the root itself. */
function siblingLevels(indices: Uint32Array): Uint32Array<ArrayBuffer>[] {
  const levels: Uint32Array<ArrayBuffer>[] = [];
  let path = [...indices];
  for (let level = 0; level < TREE_DEPTH; level++) {
    levels.push(Uint32Array.from(path, (index) => index ^ 1).sort());
    path = path.map((index) => index >>> 1).filter((index, i, all) => i === 0 || all[i - 1] !== index);
  }
  return [...levels, Uint32Array.of(0)];
}
