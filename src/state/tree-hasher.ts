/**
 * Hashes changed leaves and the nodes above them, each once, level by level. Every stage is handed to the hashing threads and the next one is
 * prepared while it runs.
 */

import { TREE_DEPTH } from '../chain/constants.ts';
import { FR_BYTES } from '../chain/poseidon2/engine.ts';
import type { HashCrew } from './hash-crew.ts';
import { WRITE_WORDS } from './packed-writes.ts';
import { STAGE_JOBS, type TreeMemory } from './tree-memory.ts';

const FR_WORDS = FR_BYTES / 4;
const LIMB_WORDS = 4;

/** Elements of a staged leaf. The upper halves of HI and LO stay zero; NEXT takes the place of KEY once the first half is hashed. */
const STAGED = { KEY: 0, NEXT: 0, HI: 1, LO: 2, KV: 3, COUNT: 4 } as const;

/** By level, 0 to 32, the ascending indices of the changed leaves and of the nodes above them. */
export type ChangedLevels = readonly Uint32Array[];

export function changedLevels(leaves: Uint32Array): ChangedLevels {
  const levels = [leaves];
  for (let height = 0; height < TREE_DEPTH; height++) levels.push(parentsOf(levels[height]!));
  return levels;
}

function parentsOf(indices: Uint32Array): Uint32Array {
  const parents = new Uint32Array(indices.length);
  let count = 0;
  for (let i = 0; i < indices.length; i++) {
    const parent = indices[i]! >>> 1;
    if (count === 0 || parents[count - 1] !== parent) parents[count++] = parent;
  }
  return parents.subarray(0, count);
}

export class TreeHasher {
  readonly #memory: TreeMemory;
  readonly #crew: HashCrew;
  /** The list of jobs that is written next. */
  #list: 0 | 1 = 0;

  constructor(memory: TreeMemory, crew: HashCrew) {
    this.#memory = memory;
    this.#crew = crew;
  }

  get isFast(): boolean {
    return this.#crew.isFast;
  }

  close(): Promise<void> {
    return this.#crew.close();
  }

  /** Waits until all that was begun is hashed. */
  finish(): void {
    this.#crew.finish();
  }

  /**
   * Begins to hash key and value of packed writes, whose leaves need not be known yet, and answers how many it took: the first ones. After
   * `finish`, `takeWrite` keeps each with its leaf.
   */
  startWrites(writes: Uint32Array): number {
    const memory = this.#memory;
    const count = Math.min(writes.length / WRITE_WORDS, STAGE_JOBS);
    this.#stage(count, memory.capacity.kv, (i) => {
      memory.write(this.#staged(i, STAGED.KEY), writes, i * WRITE_WORDS);
      this.#stageLimbs(i, writes, i * WRITE_WORDS + FR_WORDS);
      this.#job(
        i,
        this.#staged(i, STAGED.KEY),
        this.#staged(i, STAGED.HI),
        this.#staged(i, STAGED.LO),
        this.#staged(i, STAGED.KV),
      );
    });
    return count;
  }

  takeWrite(write: number, leaf: number): void {
    this.#memory.copy(this.#staged(write, STAGED.KV), this.#memory.half(leaf));
  }

  /** Hashes key and value of leaves. */
  hashValues(leaves: Uint32Array): void {
    const memory = this.#memory;
    for (let start = 0; start < leaves.length; start += STAGE_JOBS) {
      const slice = leaves.subarray(start, start + STAGE_JOBS);
      // The jobs before read the cells that are filled now.
      this.finish();
      this.#stage(slice.length, memory.capacity.kv, (i) => {
        const leaf = slice[i]!;
        this.#stageLimbs(i, memory.words, memory.value(leaf) / 4);
        this.#job(i, memory.key(leaf), this.#staged(i, STAGED.HI), this.#staged(i, STAGED.LO), memory.half(leaf));
      });
    }
  }

  /**
   * Hashes leaves, whose first halves are known, and the nodes above them. `keep` sees each level before anything in it changes. The hash of a
   * leaf from `nextIndex` on, which is unused, is 0.
   */
  hashUp(levels: ChangedLevels, nextIndex: number, keep: (level: number) => void): void {
    keep(0);
    this.#hashLeaves(levels[0]!, nextIndex);
    for (let level = 1; level <= TREE_DEPTH; level++) {
      keep(level);
      this.#hashNodes(level, levels[level]!);
    }
    this.finish();
  }

  #hashLeaves(leaves: Uint32Array, nextIndex: number): void {
    const memory = this.#memory;
    const used = leaves.subarray(0, firstAtLeast(leaves, nextIndex));
    for (const leaf of leaves.subarray(used.length)) memory.copy(memory.zero, memory.node(0, leaf));
    for (let start = 0; start < used.length; start += STAGE_JOBS) {
      const slice = used.subarray(start, start + STAGE_JOBS);
      this.#stage(slice.length, memory.capacity.next, (i) => {
        const leaf = slice[i]!;
        this.#job(i, memory.key(memory.getNext(leaf)), memory.salt(leaf), memory.zero, this.#staged(i, STAGED.NEXT));
      });
      this.#stage(slice.length, memory.capacity.leaf, (i) => {
        const leaf = slice[i]!;
        this.#job(i, memory.half(leaf), this.#staged(i, STAGED.NEXT), memory.zero, memory.node(0, leaf));
      });
    }
  }

  #hashNodes(level: number, indices: Uint32Array): void {
    const memory = this.#memory;
    for (let start = 0; start < indices.length; start += STAGE_JOBS) {
      const slice = indices.subarray(start, start + STAGE_JOBS);
      this.#stage(slice.length, memory.capacity.node, (i) => {
        const index = slice[i]!;
        const left = memory.node(level - 1, 2 * index);
        this.#job(i, left, memory.node(level - 1, 2 * index + 1), memory.zero, memory.node(level, index));
      });
    }
  }

  /** Writes a list of jobs while the one before is worked off, then hands it over. */
  #stage(count: number, capacity: number, writeJob: (i: number) => void): void {
    for (let i = 0; i < count; i++) writeJob(i);
    this.finish();
    this.#crew.start(this.#memory.jobs[this.#list], count, capacity);
    this.#list = this.#list === 0 ? 1 : 0;
  }

  #job(i: number, a: number, b: number, c: number, output: number): void {
    const { words, jobs } = this.#memory;
    const at = jobs[this.#list] / 4 + 4 * i;
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = output;
  }

  #staged(i: number, element: number): number {
    return this.#memory.staging + (STAGED.COUNT * i + element) * FR_BYTES;
  }

  /** A value lies as lo then hi, four words each. */
  #stageLimbs(i: number, from: Uint32Array, at: number): void {
    const { words } = this.#memory;
    const hi = this.#staged(i, STAGED.HI) / 4;
    const lo = this.#staged(i, STAGED.LO) / 4;
    for (let word = 0; word < LIMB_WORDS; word++) {
      words[lo + word] = from[at + word]!;
      words[hi + word] = from[at + LIMB_WORDS + word]!;
    }
  }
}

function firstAtLeast(indices: Uint32Array, bound: number): number {
  let count = indices.length;
  while (count > 0 && indices[count - 1]! >= bound) count -= 1;
  return count;
}
