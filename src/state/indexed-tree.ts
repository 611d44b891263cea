/**
 * The indexed Merkle tree (docs/PROTOCOL.md 2) in memory, synchronous. A batch is applied at once: every changed leaf and node is hashed once,
 * level by level. Owns the tree's data and the order of its keys; not threads, history or persistence.
 */

import { assert } from '../base/assert.ts';
import { TREE_DEPTH } from '../chain/constants.ts';
import { FR_BYTES } from '../chain/poseidon2-engine.ts';
import { BatchRecord } from './batch-record.ts';
import { raiseState } from './errors.ts';
import { createHashCrew, type HashCrew } from './hash-crew.ts';
import { KeyOrder } from './key-order.ts';
import { HEAD } from './leaf.ts';
import { WRITE_WORDS } from './packed-writes.ts';
import type { Leaf } from './port.ts';
import { JOBS_MAX, STAGED_LEAVES, TreeMemory } from './tree-memory.ts';

/** Writes the salt of a leaf as 8 little-endian words. */
export type SaltWriter = (index: number, to: Uint32Array, at: number) => void;

export interface IndexedTreeOptions {
  /** Limit of the tree's memory. */
  readonly bytesMax: number;
}

const DEFAULT_BYTES_MAX = 2 ** 31;
const FR_WORDS = FR_BYTES / 4;

export class IndexedTree {
  readonly memory: TreeMemory;
  readonly order: KeyOrder;
  readonly #crew: HashCrew;
  #nextIndex = 1;

  constructor(
    options: IndexedTreeOptions = { bytesMax: DEFAULT_BYTES_MAX },
    crewOf = (memory: TreeMemory) => createHashCrew(memory.hash, 0),
  ) {
    this.memory = new TreeMemory(options.bytesMax);
    this.order = new KeyOrder(this.memory);
    this.#crew = crewOf(this.memory);
    this.memory.ensureLeaves(1);
    assert(HEAD.nextKey === 0n && this.memory.getNext(0) === 0, 'the head starts alone');
    this.order.rebuild(1);
    this.rehash(Uint32Array.of(0));
  }

  get nextIndex(): number {
    return this.#nextIndex;
  }

  get root(): bigint {
    return this.node(TREE_DEPTH, 0);
  }

  node(level: number, index: number): bigint {
    return this.memory.readFr(this.memory.node(level, index));
  }

  indexOf(key: bigint): number | undefined {
    const index = this.#floor(key);
    return this.memory.readFr(this.memory.key(index)) === key ? index : undefined;
  }

  lowIndexOf(key: bigint): number {
    assert(key > 0n, 'no key is below 0');
    const index = this.#floor(key);
    return this.memory.readFr(this.memory.key(index)) === key ? this.order.before(index) : index;
  }

  leaf(index: number): Leaf {
    assert(index >= 0 && index < this.#nextIndex, 'no such leaf');
    const memory = this.memory;
    const value = memory.readFr(memory.value(index));
    return {
      key: memory.readFr(memory.key(index)),
      hi: value >> 128n,
      lo: value & ((1n << 128n) - 1n),
      nextKey: memory.readFr(memory.key(memory.getNext(index))),
      salt: memory.readFr(memory.salt(index)),
    };
  }

  /** Applies packed writes whose keys are checked and distinct. Throws before any change when the tree would be full. */
  apply(batch: bigint, writes: Uint32Array, writeSalt: SaltWriter): BatchRecord {
    const memory = this.memory;
    const nextIndexBefore = this.#nextIndex;
    const rootBefore = Uint32Array.from({ length: FR_WORDS });
    memory.read(memory.node(TREE_DEPTH, 0), rootBefore, 0);
    const changes = this.#place(writes);
    const record = BatchRecord.create({
      batch,
      nextIndexBefore,
      nextIndexAfter: this.#nextIndex,
      leaves: changes.length,
      nodes: countNodes(changes),
    });
    record.words.set(rootBefore, record.rootBefore);
    for (let index = nextIndexBefore; index < this.#nextIndex; index++) {
      memory.read(memory.key(index), record.words, record.at.newKeys + (index - nextIndexBefore) * FR_WORDS);
    }
    this.#recordAndWrite(record, changes, writeSalt);
    this.rehash(record.words.subarray(record.at.indices, record.at.indices + record.sizes.leaves), record);
    memory.read(memory.node(TREE_DEPTH, 0), record.words, record.rootAfter);
    return record;
  }

  /** Takes back the last batch. Throws STATE_RECORD_INVALID, with no effect, when the record is not that batch's. */
  undo(record: BatchRecord): void {
    const memory = this.memory;
    const { words, at, sizes } = record;
    const refuse = (reason: string) => raiseState('STATE_RECORD_INVALID', `record of batch ${sizes.batch}: ${reason}`);
    if (sizes.nextIndexAfter !== this.#nextIndex || record.fr(record.rootAfter) !== this.root)
      throw refuse('not the last batch');
    for (let index = sizes.nextIndexAfter - 1; index >= sizes.nextIndexBefore; index--) this.order.remove(index);
    for (let i = 0; i < sizes.leaves; i++) {
      const index = words[at.indices + i]!;
      memory.setNext(index, words[at.nextBefore + i]!);
      memory.write(memory.value(index), words, at.valuesBefore + i * FR_WORDS);
      memory.write(memory.salt(index), words, at.saltsBefore + i * FR_WORDS);
      if (index >= sizes.nextIndexBefore) memory.copy(memory.zero, memory.key(index));
    }
    this.#nextIndex = sizes.nextIndexBefore;
    this.rehash(words.subarray(at.indices, at.indices + sizes.leaves));
    assert(record.fr(record.rootBefore) === this.root, 'the root before the batch does not follow from its record');
  }

  /** Sets the number of leaves after their data has been loaded; checks the list of keys. */
  adopt(nextIndex: number): void {
    this.#nextIndex = nextIndex;
    this.order.rebuild(nextIndex);
  }

  /** Hashes the leaves at ascending `indices` and all nodes above; a record keeps the nodes as they were. */
  rehash(indices: Uint32Array, record?: BatchRecord): void {
    let nodes = 0;
    const keep = (level: number, below: Uint32Array) => {
      if (record === undefined) return;
      for (const index of below) {
        record.words[record.at.nodeIndices + nodes] = index;
        this.memory.read(this.memory.node(level, index), record.words, record.at.nodesBefore + nodes * FR_WORDS);
        nodes += 1;
      }
      record.words[record.at.levelEnds + level] = nodes;
    };
    keep(0, indices);
    this.#hashLeaves(indices);
    let level = indices;
    for (let height = 0; height < TREE_DEPTH; height++) {
      level = parentsOf(level);
      keep(height + 1, level);
      this.#hashNodes(height, level);
    }
  }

  /** Hashes everything anew; false when the root was not that of the leaves. */
  verify(): boolean {
    const { root } = this;
    this.rehash(Uint32Array.from({ length: this.#nextIndex }, (_, index) => index));
    return this.root === root;
  }

  get isFast(): boolean {
    return this.#crew.isFast;
  }

  close(): Promise<void> {
    return this.#crew.close();
  }

  #floor(key: bigint): number {
    this.memory.writeFr(this.memory.query, key);
    return this.order.floor(this.memory.query);
  }

  /** Finds each key's leaf or gives it one, and answers the changed leaves by index with their write, or -1 for a low leaf. */
  #place(writes: Uint32Array): Changes {
    const { memory, order } = this;
    const count = writes.length / WRITE_WORDS;
    const changed = new Map<number, number>();
    const nextBefore = new Map<number, number>();
    memory.ensureLeaves(this.#nextIndex + count);
    for (let i = 0; i < count; i++) {
      memory.write(memory.query, writes, i * WRITE_WORDS);
      const floor = order.floor(memory.query);
      if (memory.compare(memory.key(floor), memory.query) === 0) {
        assert(floor !== 0 && (changed.get(floor) ?? -1) < 0, 'a key stands twice in a batch');
        changed.set(floor, i);
        continue;
      }
      const index = this.#nextIndex;
      this.#nextIndex += 1;
      memory.copy(memory.query, memory.key(index));
      const next = memory.getNext(floor);
      if (!nextBefore.has(floor)) nextBefore.set(floor, next);
      nextBefore.set(index, 0);
      memory.setNext(index, next);
      memory.setNext(floor, index);
      order.insert(index);
      changed.set(index, i);
      if (!changed.has(floor)) changed.set(floor, -1);
    }
    const indices = Uint32Array.from(changed.keys()).sort();
    return {
      length: indices.length,
      indices,
      writes: Int32Array.from(indices, (index) => changed.get(index)!),
      packed: writes,
      nextBefore,
    };
  }

  #recordAndWrite(record: BatchRecord, changes: Changes, writeSalt: SaltWriter): void {
    const { memory } = this;
    const { words, at } = record;
    for (let i = 0; i < changes.length; i++) {
      const index = changes.indices[i]!;
      const value = memory.value(index);
      const salt = memory.salt(index);
      words[at.indices + i] = index;
      words[at.nextBefore + i] = changes.nextBefore.get(index) ?? memory.getNext(index);
      words[at.nextAfter + i] = memory.getNext(index);
      memory.read(value, words, at.valuesBefore + i * FR_WORDS);
      memory.read(salt, words, at.saltsBefore + i * FR_WORDS);
      const write = changes.writes[i]!;
      if (write >= 0) memory.write(value, changes.packed, write * WRITE_WORDS + FR_WORDS);
      writeSalt(index, words, at.saltsAfter + i * FR_WORDS);
      memory.write(salt, words, at.saltsAfter + i * FR_WORDS);
      memory.read(value, words, at.valuesAfter + i * FR_WORDS);
    }
  }

  /** The hash of an unused leaf is 0. */
  #hashLeaves(indices: Uint32Array): void {
    const { memory } = this;
    const used = indices.subarray(0, firstAtLeast(indices, this.#nextIndex));
    for (const index of indices.subarray(used.length)) memory.copy(memory.zero, memory.node(0, index));
    for (let start = 0; start < used.length; start += STAGED_LEAVES) {
      const slice = used.subarray(start, start + STAGED_LEAVES);
      const cell = (i: number, field: number) => memory.staging + (4 * i + field) * FR_BYTES;
      slice.forEach((index, i) => {
        const value = memory.value(index) / 4;
        for (let word = 0; word < 4; word++) {
          memory.words[cell(i, 0) / 4 + word] = memory.words[value + 4 + word]!;
          memory.words[cell(i, 1) / 4 + word] = memory.words[value + word]!;
        }
        this.#job(i, memory.key(index), cell(i, 0), cell(i, 1), cell(i, 2));
      });
      this.#crew.compress(memory.jobs, slice.length, memory.capacity.kv);
      slice.forEach((index, i) => {
        this.#job(i, memory.key(memory.getNext(index)), memory.salt(index), memory.zero, cell(i, 3));
      });
      this.#crew.compress(memory.jobs, slice.length, memory.capacity.next);
      slice.forEach((index, i) => {
        this.#job(i, cell(i, 2), cell(i, 3), memory.zero, memory.node(0, index));
      });
      this.#crew.compress(memory.jobs, slice.length, memory.capacity.leaf);
    }
  }

  #hashNodes(below: number, parents: Uint32Array): void {
    const { memory } = this;
    for (let start = 0; start < parents.length; start += JOBS_MAX) {
      const slice = parents.subarray(start, start + JOBS_MAX);
      slice.forEach((index, i) => {
        const left = memory.node(below, 2 * index);
        this.#job(i, left, memory.node(below, 2 * index + 1), memory.zero, memory.node(below + 1, index));
      });
      this.#crew.compress(memory.jobs, slice.length, memory.capacity.node);
    }
  }

  #job(i: number, a: number, b: number, c: number, output: number): void {
    const { words, jobs } = this.memory;
    const at = jobs / 4 + 4 * i;
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = output;
  }
}

interface Changes {
  readonly length: number;
  readonly indices: Uint32Array;
  /** Per changed leaf the number of its write, -1 when only its next key changed. */
  readonly writes: Int32Array;
  readonly packed: Uint32Array;
  /** Next leaf before the batch, where that changed. */
  readonly nextBefore: ReadonlyMap<number, number>;
}

function parentsOf(indices: Uint32Array): Uint32Array {
  const parents = new Uint32Array(indices.length);
  let count = 0;
  for (const index of indices) {
    const parent = index >>> 1;
    if (count === 0 || parents[count - 1] !== parent) parents[count++] = parent;
  }
  return parents.subarray(0, count);
}

/** Number of distinct nodes on the paths of the changed leaves, leaves included. */
function countNodes(changes: Changes): number {
  let total = changes.length;
  for (let level = changes.indices, height = 0; height < TREE_DEPTH; height++) {
    level = parentsOf(level);
    total += level.length;
  }
  return total;
}

function firstAtLeast(indices: Uint32Array, bound: number): number {
  let count = indices.length;
  while (count > 0 && indices[count - 1]! >= bound) count -= 1;
  return count;
}
