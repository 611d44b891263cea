import { assert } from '../base/assert.ts';
import { node } from '../chain/poseidon2.ts';
import { EMPTY_SUBTREES, hashLeaf } from './leaf.ts';
import type { Leaf } from './port.ts';
import type { TreeSource } from './tree-fork.ts';

const FR_WORDS = 8;
/** More than the indices of a level. */
const LEVEL_STRIDE = 2 ** 33;

/** A part of the tree at one root. Typed arrays, so that threads can hand it over; leaves and each level's nodes by ascending index. */
export interface ViewData {
  readonly nextIndex: number;
  readonly leaves: Uint32Array<ArrayBuffer>;
  readonly keys: Uint32Array<ArrayBuffer>;
  readonly nextKeys: Uint32Array<ArrayBuffer>;
  readonly values: Uint32Array<ArrayBuffer>;
  readonly salts: Uint32Array<ArrayBuffer>;
  readonly levels: readonly Uint32Array<ArrayBuffer>[];
  readonly nodes: readonly Uint32Array<ArrayBuffer>[];
}

export const buffersOf = (data: ViewData): ArrayBuffer[] =>
  [data.leaves, data.keys, data.nextKeys, data.values, data.salts, ...data.levels, ...data.nodes].map(
    ({ buffer }) => buffer,
  );

export function createSparseView(data: ViewData): TreeSource {
  const leaves = Array.from(data.leaves, (index, i) => ({ index, leaf: leafAt(data, i) }));
  const byIndex = new Map(leaves.map(({ index, leaf }) => [index, leaf]));
  const byKey = leaves.toSorted((a, b) => (a.leaf.key < b.leaf.key ? -1 : 1));
  const computed = new Map<number, bigint>();

  /** The data holds the siblings of each path; a node on a path is computed from below, once. */
  function nodeAt(level: number, index: number): bigint {
    const position = find(data.levels[level]!, index);
    if (position >= 0) return frAt(data.nodes[level]!, position);
    if (index * 2 ** level >= data.nextIndex) return EMPTY_SUBTREES[level]!;
    const name = level * LEVEL_STRIDE + index;
    const known = computed.get(name);
    if (known !== undefined) return known;
    const leaf = level === 0 ? byIndex.get(index) : undefined;
    assert(level > 0 || leaf !== undefined, 'this view of the tree does not reach the node');
    const hash =
      leaf === undefined ? node(nodeAt(level - 1, 2 * index), nodeAt(level - 1, 2 * index + 1)) : hashLeaf(leaf);
    computed.set(name, hash);
    return hash;
  }

  return {
    nextIndex: data.nextIndex,
    node: nodeAt,
    leaf(index) {
      const leaf = byIndex.get(index);
      assert(leaf !== undefined, 'this view of the tree does not reach the leaf');
      return leaf;
    },
    floorIndex(key) {
      let low = 0;
      let high = byKey.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (byKey[middle]!.leaf.key <= key) low = middle + 1;
        else high = middle;
      }
      const floor = byKey[low - 1];
      assert(floor !== undefined, 'this view of the tree does not reach the key');
      return floor.index;
    },
  };
}

function leafAt(data: ViewData, i: number): Leaf {
  const value = frAt(data.values, i);
  return {
    key: frAt(data.keys, i),
    hi: value >> 128n,
    lo: value & ((1n << 128n) - 1n),
    nextKey: frAt(data.nextKeys, i),
    salt: frAt(data.salts, i),
  };
}

export function frAt(words: Uint32Array, element: number): bigint {
  let value = 0n;
  for (let i = FR_WORDS - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[element * FR_WORDS + i]!);
  return value;
}

function find(sorted: Uint32Array, wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted ? low : -1;
}
