import { assert } from '../base/assert.ts';
import { TREE_DEPTH } from '../chain/constants.ts';
import { node } from '../chain/poseidon2.ts';
import type { Word } from '../chain/word.ts';
import { checkWrite, EMPTY_SUBTREES, hashLeaf } from './leaf.ts';
import type { Leaf, StateProof, StateWrite, TreeFork } from './port.ts';

/** What a fork stands on: a whole tree or the part of one. */
export interface TreeSource {
  readonly nextIndex: number;
  node(level: number, index: number): bigint;
  leaf(index: number): Leaf;
  /** The leaf with the greatest key at most `key`, among those the source has. */
  floorIndex(key: bigint): number;
}

const LEVEL_STRIDE = 2 ** 33;

interface NewKey {
  readonly key: bigint;
  readonly index: number;
}

/** Changes over a source that must not change meanwhile. Memory and the cost of `fork` grow with what was changed. */
export class OverlayFork implements TreeFork {
  readonly #source: TreeSource;
  #nodes = new Map<number, bigint>();
  #leaves = new Map<number, Leaf>();
  /** Ascending. */
  #newKeys: NewKey[] = [];
  #nextIndex: number;

  constructor(source: TreeSource) {
    this.#source = source;
    this.#nextIndex = source.nextIndex;
  }

  get nextIndex(): number {
    return this.#nextIndex;
  }

  get root(): bigint {
    return this.node(TREE_DEPTH, 0);
  }

  node(level: number, index: number): bigint {
    return this.#nodes.get(level * LEVEL_STRIDE + index) ?? this.#sourceNode(level, index);
  }

  leaf(index: number): Leaf {
    assert(index >= 0 && index < this.#nextIndex, 'no such leaf');
    return this.#leaves.get(index) ?? this.#source.leaf(index);
  }

  get(key: bigint): Word {
    const index = this.indexOf(key);
    if (index === undefined) return { hi: 0n, lo: 0n };
    const { hi, lo } = this.leaf(index);
    return { hi, lo };
  }

  indexOf(key: bigint): number | undefined {
    const floor = this.#floorIndex(key);
    const leaf = this.leaf(floor);
    if (leaf.key === key) return floor;
    assert(leaf.nextKey === 0n || leaf.nextKey > key, 'this view of the tree does not reach the key');
    return undefined;
  }

  lowIndexOf(key: bigint): number {
    assert(key > 0n, 'no key is below 0');
    const floor = this.#floorIndex(key - 1n);
    const leaf = this.leaf(floor);
    assert(leaf.nextKey === 0n || leaf.nextKey >= key, 'this view of the tree does not reach the low leaf of the key');
    return floor;
  }

  siblings(index: number): bigint[] {
    return Array.from({ length: TREE_DEPTH }, (_, level) => this.node(level, sibling(Math.floor(index / 2 ** level))));
  }

  prove(key: bigint): StateProof {
    const member = this.indexOf(key);
    const index = member ?? this.lowIndexOf(key);
    const kind = member === undefined ? 'absent' : 'member';
    return { kind, key, index, leaf: this.leaf(index), siblings: this.siblings(index) };
  }

  fork(): TreeFork {
    const copy = new OverlayFork(this.#source);
    copy.#nodes = new Map(this.#nodes);
    copy.#leaves = new Map(this.#leaves);
    copy.#newKeys = [...this.#newKeys];
    copy.#nextIndex = this.#nextIndex;
    return copy;
  }

  setLeaf(index: number, leaf: Leaf): bigint {
    assert(index >= 0 && index <= this.#nextIndex, 'leaf indices are used in order');
    if (index === this.#nextIndex) {
      checkWrite(leaf);
      this.#addKey({ key: leaf.key, index });
      this.#nextIndex += 1;
    } else {
      assert(this.leaf(index).key === leaf.key, 'the key of a leaf never changes');
    }
    this.#leaves.set(index, leaf);
    let hash = hashLeaf(leaf);
    this.#nodes.set(index, hash);
    for (let level = 0, at = index; level < TREE_DEPTH; level++) {
      const other = this.node(level, sibling(at));
      hash = at % 2 === 0 ? node(hash, other) : node(other, hash);
      at = Math.floor(at / 2);
      this.#nodes.set((level + 1) * LEVEL_STRIDE + at, hash);
    }
    return hash;
  }

  update(write: StateWrite, salt: bigint): bigint {
    checkWrite(write);
    const index = this.indexOf(write.key);
    assert(index !== undefined, 'the key to update has no leaf');
    return this.setLeaf(index, { ...this.leaf(index), hi: write.hi, lo: write.lo, salt });
  }

  insert(
    write: StateWrite,
    salts: { readonly low: bigint; readonly leaf: bigint },
  ): { afterLow: bigint; root: bigint } {
    checkWrite(write);
    assert(this.indexOf(write.key) === undefined, 'the key to insert has a leaf');
    const low = this.lowIndexOf(write.key);
    const lowLeaf = this.leaf(low);
    const afterLow = this.setLeaf(low, { ...lowLeaf, nextKey: write.key, salt: salts.low });
    const { key, hi, lo } = write;
    const root = this.setLeaf(this.#nextIndex, { key, hi, lo, nextKey: lowLeaf.nextKey, salt: salts.leaf });
    return { afterLow, root };
  }

  #sourceNode(level: number, index: number): bigint {
    return index * 2 ** level >= this.#source.nextIndex ? EMPTY_SUBTREES[level]! : this.#source.node(level, index);
  }

  #floorIndex(key: bigint): number {
    const known = this.#source.floorIndex(key);
    const added = this.#newKeys[this.#newKeysUpTo(key) - 1];
    return added !== undefined && added.key > this.leaf(known).key ? added.index : known;
  }

  #addKey(entry: NewKey): void {
    const position = this.#newKeysUpTo(entry.key);
    assert(this.#newKeys[position - 1]?.key !== entry.key, 'the key to insert has a leaf');
    this.#newKeys.splice(position, 0, entry);
  }

  #newKeysUpTo(key: bigint): number {
    let low = 0;
    let high = this.#newKeys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#newKeys[middle]!.key <= key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const sibling = (index: number): number => (index % 2 === 0 ? index + 1 : index - 1);
