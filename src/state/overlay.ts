import { assert } from '../base/assert.ts';
import { raiseState } from './errors.ts';
import type { StateReader, Word } from './port.ts';

interface Version {
  /** -1 for the value the base had when the key was first written. */
  readonly block: number;
  readonly word: Word;
}

const BASE = -1;

/**
 * State written by blocks that are not yet in the tree, over a reader of what is. Each key keeps its versions, so the state after any of these
 * blocks can be read; costs one map entry per written key and 2 words per version.
 *
 * The base may advance under it at any time, by values written through this overlay.
 */
export class StateOverlay implements StateReader {
  readonly #base: StateReader;
  readonly #versions = new Map<bigint, Version[]>();
  #released = BASE;
  #last = BASE;

  constructor(base: StateReader) {
    this.#base = base;
  }

  /** Number of the last block, -1 when there is none. */
  get lastBlock(): number {
    return this.#last;
  }

  get size(): number {
    return this.#versions.size;
  }

  get(key: bigint): Word {
    return this.#versions.get(key)?.at(-1)?.word ?? this.#base.get(key);
  }

  /** Adds a block's writes; block numbers ascend. */
  apply(block: number, writes: Iterable<readonly [key: bigint, word: Word]>): void {
    assert(
      Number.isSafeInteger(block) && block > this.#last && block >= 0,
      'blocks enter the overlay in ascending order',
    );
    this.#last = block;
    for (const [key, word] of writes) {
      const versions = this.#versions.get(key);
      if (versions === undefined) {
        this.#versions.set(key, [
          { block: BASE, word: this.#base.get(key) },
          { block, word },
        ]);
      } else if (versions.at(-1)!.block === block) versions[versions.length - 1] = { block, word };
      else versions.push({ block, word });
    }
  }

  /** The state after `block`, later blocks notwithstanding. Reading it after `release` of a later block throws STATE_BLOCK_RELEASED. */
  at(block: number): StateReader {
    return {
      get: (key) => {
        if (block < this.#released) throw raiseState('STATE_BLOCK_RELEASED', `state after block ${block}`);
        const versions = this.#versions.get(key);
        return versions?.findLast((version) => version.block <= block)?.word ?? this.#base.get(key);
      },
    };
  }

  /** Forgets writes up to `block`, all of which the base now has. */
  release(block: number): void {
    assert(block <= this.#last, 'a block that never came cannot be released');
    this.#released = Math.max(this.#released, block);
    for (const [key, versions] of this.#versions) {
      const kept = versions.findLastIndex((version) => version.block <= block);
      if (kept === versions.length - 1) this.#versions.delete(key);
      else if (kept > 0) versions.splice(0, kept);
    }
  }

  /** Takes back the blocks after `block`; none of them may have been released. */
  unwind(block: number): void {
    assert(block >= this.#released, 'a released block cannot be taken back');
    for (const [key, versions] of this.#versions) {
      while (versions.length > 0 && versions.at(-1)!.block > block) versions.pop();
      if (versions.length === 1 && versions[0]!.block <= this.#released) this.#versions.delete(key);
    }
    this.#last = Math.min(this.#last, block);
  }
}
