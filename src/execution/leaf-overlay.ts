import { equalWords, type Word } from '../chain/word.ts';
import type { LeafChange, StateReader } from './port.ts';

/** Leaves one transaction has written over the state before it. */
export class LeafOverlay implements StateReader {
  readonly #state: StateReader;
  readonly #written = new Map<bigint, Word>();

  constructor(state: StateReader) {
    this.#state = state;
  }

  get(key: bigint): Word {
    return this.#written.get(key) ?? this.#state.get(key);
  }

  set(key: bigint, value: Word): void {
    this.#written.set(key, value);
  }

  /** Leaves that differ from before, ascending by key. */
  changes(): LeafChange[] {
    const changes: LeafChange[] = [];
    for (const [key, after] of this.#written) {
      const before = this.#state.get(key);
      if (!equalWords(before, after)) changes.push({ key, before, after });
    }
    return changes.sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}
