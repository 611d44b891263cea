/**
 * The indexed Merkle tree (docs/PROTOCOL.md 2) in memory, synchronous. A batch is applied at once. Owns the tree's data and the order of its keys;
 * not hashing (tree-hasher.ts), history or persistence.
 */

import { assert } from '../base/assert.ts';
import { TREE_DEPTH } from '../chain/constants.ts';
import { FR_BYTES } from '../chain/poseidon2/engine.ts';
import { BatchRecord } from './batch-record.ts';
import { raiseState } from './errors.ts';
import { createHashCrew } from './hash-crew.ts';
import { KeyOrder } from './key-order.ts';
import { HEAD } from './leaf.ts';
import { WRITE_WORDS } from './packed-writes.ts';
import type { Leaf } from './port.ts';
import { type ChangedLevels, changedLevels, TreeHasher } from './tree-hasher.ts';
import { TreeMemory } from './tree-memory.ts';

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
  readonly #hasher: TreeHasher;
  #nextIndex = 1;

  constructor(
    options: IndexedTreeOptions = { bytesMax: DEFAULT_BYTES_MAX },
    crewOf = (memory: TreeMemory) => createHashCrew(memory.hash, 0),
  ) {
    this.memory = new TreeMemory(options.bytesMax);
    this.order = new KeyOrder(this.memory);
    this.#hasher = new TreeHasher(this.memory, crewOf(this.memory));
    this.memory.ensureLeaves(1);
    assert(HEAD.nextKey === 0n && this.memory.getNext(0) === 0, 'the head starts alone');
    this.order.rebuild(1);
    this.#rehash(Uint32Array.of(0));
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
    // Values are hashed by the helpers while this thread finds their leaves and derives salts.
    const begun = this.#hasher.startWrites(writes);
    const changes = this.#placeDuringHashing(writes);
    const levels = changedLevels(changes.indices);
    const record = BatchRecord.create({
      batch,
      nextIndexBefore,
      nextIndexAfter: this.#nextIndex,
      leaves: changes.length,
      nodes: levels.reduce((sum, { length }) => sum + length, 0),
    });
    record.words.set(rootBefore, record.rootBefore);
    for (let index = nextIndexBefore; index < this.#nextIndex; index++) {
      memory.read(memory.key(index), record.words, record.at.newKeys + (index - nextIndexBefore) * FR_WORDS);
    }
    this.#recordAndWrite(record, changes, writeSalt);
    this.#hasher.finish();
    this.#takeHalves(changes, begun);
    this.#hashUp(levels, record);
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
      if (index < sizes.nextIndexBefore) continue;
      memory.copy(memory.zero, memory.key(index));
      memory.copy(memory.zero, memory.half(index));
    }
    this.#nextIndex = sizes.nextIndexBefore;
    this.#rehash(words.subarray(at.indices, at.indices + sizes.leaves));
    assert(record.fr(record.rootBefore) === this.root, 'the root before the batch does not follow from its record');
  }

  /** Sets the number of leaves after their data has been loaded; checks the list of keys. */
  adopt(nextIndex: number): void {
    this.#nextIndex = nextIndex;
    this.memory.copy(this.memory.zero, this.memory.half(0));
    this.order.rebuild(nextIndex);
  }

  /** Hashes everything anew; false when the root was not that of the leaves. */
  verify(): boolean {
    const { root } = this;
    this.#rehash(Uint32Array.from({ length: this.#nextIndex }, (_, index) => index));
    return this.root === root;
  }

  get isFast(): boolean {
    return this.#hasher.isFast;
  }

  close(): Promise<void> {
    return this.#hasher.close();
  }

  #floor(key: bigint): number {
    this.memory.writeFr(this.memory.query, key);
    return this.order.floor(this.memory.query);
  }

  /** Hashes the leaves at ascending `indices`, both halves, and all nodes above. */
  #rehash(indices: Uint32Array): void {
    this.#hasher.hashValues(indices.filter((index) => index < this.#nextIndex));
    this.#hashUp(changedLevels(indices));
  }

  /** A record keeps the nodes as they were. */
  #hashUp(levels: ChangedLevels, record?: BatchRecord): void {
    const { memory } = this;
    let nodes = 0;
    this.#hasher.hashUp(levels, this.#nextIndex, (level) => {
      if (record === undefined) return;
      const { words, at } = record;
      for (const index of levels[level]!) {
        words[at.nodeIndices + nodes] = index;
        memory.read(memory.node(level, index), words, at.nodesBefore + nodes * FR_WORDS);
        nodes += 1;
      }
      words[at.levelEnds + level] = nodes;
    });
  }

  #placeDuringHashing(writes: Uint32Array): Changes {
    try {
      return this.#place(writes);
    } catch (error) {
      this.#hasher.finish();
      throw error;
    }
  }

  /** Gives each changed leaf the hash of its key and value; one whose pointer alone changed has it, unless it came with a snapshot. */
  #takeHalves({ indices, writes }: Changes, begun: number): void {
    const { memory } = this;
    const missing = indices.filter((index, i) => {
      const write = writes[i]!;
      if (write >= begun) return true;
      if (write >= 0) this.#hasher.takeWrite(write, index);
      return memory.isZero(memory.half(index));
    });
    this.#hasher.hashValues(missing);
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
