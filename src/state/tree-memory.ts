/**
 * Where the tree lies: one shared memory that the hash kernel reads and writes in place. Per leaf 196 bytes: key 32, value 32 (lo then hi), salt 32,
 * hash of key and value 32, next leaf 4, nodes 64. Field elements are 32-byte little-endian integers below the modulus.
 *
 * Leaves and the 12 lowest node levels come in chunks of 4,096 leaves; the levels above stand in one heap, which bounds the tree to 2^28 leaves.
 */

import { assert } from '../base/assert.ts';
import { TAG, TREE_DEPTH } from '../chain/constants.ts';
import {
  createHashMemory,
  FR_BYTES,
  type HashMemory,
  JOB_BYTES,
  RESERVED_BYTES,
  readFr,
  writeFr,
} from '../chain/poseidon2/engine.ts';
import { capacityOf } from '../chain/poseidon2.ts';
import { EMPTY_SUBTREES } from './leaf.ts';

const CHUNK_LEVELS = 12;
const CHUNK_LEAVES = 2 ** CHUNK_LEVELS;
const TOP_LEVELS = 16;
const LEAVES_MAX = 2 ** (CHUNK_LEVELS + TOP_LEVELS);
const PAGE_BYTES = 65_536;
const GROW_PAGES = 256;

/** Memory of one leaf, for whoever sizes the tree. */
export const LEAF_BYTES = 6 * FR_BYTES + 4;
/** Jobs handed to the hashing threads at once, and leaves staged for them. */
export const STAGE_JOBS = 16_384;

const CHUNK = {
  nodes: 0,
  keys: 2 * CHUNK_LEAVES * FR_BYTES,
  values: 3 * CHUNK_LEAVES * FR_BYTES,
  salts: 4 * CHUNK_LEAVES * FR_BYTES,
  halves: 5 * CHUNK_LEAVES * FR_BYTES,
  next: 6 * CHUNK_LEAVES * FR_BYTES,
  bytes: CHUNK_LEAVES * LEAF_BYTES,
};

export class TreeMemory {
  readonly hash: HashMemory;
  /** All zero bytes: the element 0. */
  readonly zero: number;
  readonly capacity: { readonly node: number; readonly leaf: number; readonly kv: number; readonly next: number };
  /** Two lists of jobs: one is written while the other is worked off. */
  readonly jobs: readonly [number, number];
  /** Per staged leaf four elements (tree-hasher.ts). */
  readonly staging: number;
  /** A key to search for. */
  readonly query: number;
  /** 32-bit view of the memory; replaced when it grows. */
  words: Uint32Array;
  readonly #empty: number;
  readonly #top: number;
  readonly #spine: number;
  readonly #chunks: number[] = [];
  #end = RESERVED_BYTES;

  constructor(bytesMax: number) {
    const first = 2 ** 25;
    assert(bytesMax >= first && bytesMax <= 2 ** 32 - RESERVED_BYTES - PAGE_BYTES, 'a tree has from 32 MiB to 4 GiB');
    this.hash = createHashMemory(first, bytesMax);
    this.words = new Uint32Array(this.hash.memory.buffer);
    this.zero = this.#allocate(FR_BYTES);
    this.query = this.#allocate(FR_BYTES);
    this.capacity = {
      node: this.#constant(capacityOf(TAG.NODE, 2)),
      leaf: this.#constant(capacityOf(TAG.LEAF, 2)),
      kv: this.#constant(capacityOf(TAG.KV, 3)),
      next: this.#constant(capacityOf(TAG.NEXT, 2)),
    };
    this.#empty = this.#allocate(EMPTY_SUBTREES.length * FR_BYTES);
    for (const [level, root] of EMPTY_SUBTREES.entries()) this.writeFr(this.#empty + level * FR_BYTES, root);
    this.#spine = this.#allocate((TREE_DEPTH + 1) * FR_BYTES);
    this.jobs = [this.#allocate(STAGE_JOBS * JOB_BYTES), this.#allocate(STAGE_JOBS * JOB_BYTES)];
    this.staging = this.#allocate(STAGE_JOBS * 4 * FR_BYTES);
    this.#top = this.#allocate(2 * 2 ** TOP_LEVELS * FR_BYTES);
    this.#fillHeap(this.#top, CHUNK_LEVELS, TOP_LEVELS);
  }

  get bytes(): number {
    return this.#end;
  }

  /** Makes room for leaves 0 .. count - 1; new room is an empty tree. */
  ensureLeaves(count: number): void {
    assert(count <= LEAVES_MAX, 'the state tree is full');
    while (this.#chunks.length * CHUNK_LEAVES < count) {
      const chunk = this.#allocate(CHUNK.bytes);
      this.#fillHeap(chunk + CHUNK.nodes, 0, CHUNK_LEVELS);
      this.#chunks.push(chunk);
    }
  }

  /** Address of a node; of an empty subtree's root where nothing has been written. Levels above 28 have one node with content, index 0. */
  node(level: number, index: number): number {
    if (level < CHUNK_LEVELS) {
      const bits = CHUNK_LEVELS - level;
      const chunk = this.#chunks[index >>> bits];
      if (chunk === undefined) return this.#empty + level * FR_BYTES;
      return chunk + CHUNK.nodes + ((1 << bits) + (index & ((1 << bits) - 1))) * FR_BYTES;
    }
    const bits = CHUNK_LEVELS + TOP_LEVELS - level;
    if (bits >= 0) {
      return index < 2 ** bits ? this.#top + (2 ** bits + index) * FR_BYTES : this.#empty + level * FR_BYTES;
    }
    return index === 0 ? this.#spine + level * FR_BYTES : this.#empty + level * FR_BYTES;
  }

  key(index: number): number {
    return this.#chunk(index) + CHUNK.keys + (index % CHUNK_LEAVES) * FR_BYTES;
  }

  value(index: number): number {
    return this.#chunk(index) + CHUNK.values + (index % CHUNK_LEAVES) * FR_BYTES;
  }

  salt(index: number): number {
    return this.#chunk(index) + CHUNK.salts + (index % CHUNK_LEAVES) * FR_BYTES;
  }

  /** The hash of a leaf's key and value; zero while it is not known. */
  half(index: number): number {
    return this.#chunk(index) + CHUNK.halves + (index % CHUNK_LEAVES) * FR_BYTES;
  }

  getNext(index: number): number {
    return this.words[this.#next(index)]!;
  }

  setNext(index: number, next: number): void {
    this.words[this.#next(index)] = next;
  }

  /** Copies one element inside the memory. */
  copy(from: number, to: number): void {
    const words = this.words;
    const source = from / 4;
    const target = to / 4;
    for (let i = 0; i < 8; i++) words[target + i] = words[source + i]!;
  }

  isZero(address: number): boolean {
    for (let at = address / 4; at < address / 4 + 8; at++) if (this.words[at] !== 0) return false;
    return true;
  }

  /** Copies one element out, `at` in words. */
  read(from: number, to: Uint32Array, at: number): void {
    const words = this.words;
    const source = from / 4;
    for (let i = 0; i < 8; i++) to[at + i] = words[source + i]!;
  }

  write(to: number, from: Uint32Array, at: number): void {
    const words = this.words;
    const target = to / 4;
    for (let i = 0; i < 8; i++) words[target + i] = from[at + i]!;
  }

  readFr(address: number): bigint {
    return readFr(this.hash.memory, address);
  }

  writeFr(address: number, value: bigint): void {
    writeFr(this.hash.memory, address, value);
  }

  /** Sign of a - b as 256-bit integers. */
  compare(a: number, b: number): number {
    const words = this.words;
    for (let i = 7; i >= 0; i--) {
      const difference = words[a / 4 + i]! - words[b / 4 + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** The top 52 bits of a field element, exact in a double: compares as the element does, but for equality. */
  prefix(address: number): number {
    return this.words[address / 4 + 7]! * 2 ** 22 + (this.words[address / 4 + 6]! >>> 10);
  }

  #chunk(index: number): number {
    const chunk = this.#chunks[Math.floor(index / CHUNK_LEAVES)];
    assert(chunk !== undefined, 'no such leaf');
    return chunk;
  }

  #next(index: number): number {
    return (this.#chunk(index) + CHUNK.next) / 4 + (index % CHUNK_LEAVES);
  }

  #constant(value: bigint): number {
    const address = this.#allocate(FR_BYTES);
    this.writeFr(address, value);
    return address;
  }

  #allocate(bytes: number): number {
    const address = this.#end;
    this.#end += Math.ceil(bytes / 64) * 64;
    const { memory } = this.hash;
    const missing = Math.ceil((this.#end - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) {
      try {
        memory.grow(Math.max(missing, GROW_PAGES));
      } catch {
        memory.grow(missing);
      }
      this.words = new Uint32Array(memory.buffer);
    }
    return address;
  }

  /** Empty subtrees in a heap: its root, of `level` + `levels`, at position 1. */
  #fillHeap(heap: number, level: number, levels: number): void {
    const bytes = new Uint8Array(this.hash.memory.buffer);
    for (let depth = 0; depth <= levels; depth++) {
      const start = heap + 2 ** depth * FR_BYTES;
      const length = 2 ** depth * FR_BYTES;
      this.copy(this.#empty + (level + levels - depth) * FR_BYTES, start);
      for (let done = FR_BYTES; done < length; done *= 2) {
        bytes.copyWithin(start + done, start, start + Math.min(done, length - done));
      }
    }
  }
}
