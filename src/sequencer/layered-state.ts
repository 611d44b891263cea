import { assert } from '../base/assert.ts';
import type { Word } from '../chain/word.ts';
import type { LeafChange, StateReader } from '../execution/port.ts';
import { sequencerError } from './errors.ts';

/** A state that stands still until it is closed. */
export interface FrozenState extends StateReader {
  close(): void;
}

interface FrozenValues {
  /** Of keys that have changed since, what they were. */
  readonly values: Map<bigint, Word>;
  isVoid: boolean;
}

/**
 * The working state: the sealed tree below, and above it one layer of changed leaves for each batch that is not in the tree yet. A batch's
 * layer is dropped when the tree has taken it up, so reads never see a gap.
 */
export class LayeredState implements StateReader {
  readonly #tree: StateReader;
  readonly #layers: { readonly batch: bigint; readonly values: Map<bigint, Word> }[] = [];
  readonly #frozen = new Set<FrozenValues>();

  constructor(tree: StateReader) {
    this.#tree = tree;
  }

  /** How many batches are not in the tree, the open one included. */
  get batches(): number {
    return this.#layers.length;
  }

  get(key: bigint): Word {
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const value = this.#layers[i]!.values.get(key);
      if (value !== undefined) return value;
    }
    return this.#tree.get(key);
  }

  openBatch(batch: bigint): void {
    assert((this.#layers.at(-1)?.batch ?? -1n) < batch, 'batches open in order');
    this.#layers.push({ batch, values: new Map() });
  }

  apply(changes: readonly LeafChange[]): void {
    const top = this.#layers.at(-1);
    assert(top !== undefined, 'no batch is open');
    for (const { key, before, after } of changes) {
      for (const { values } of this.#frozen) if (!values.has(key)) values.set(key, before);
      top.values.set(key, after);
    }
  }

  /** The state as it is now, whatever is applied later; costs what changes until it is closed. A withdrawal ends it with SUBMIT_UNWINDING. */
  freeze(): FrozenState {
    const frozen: FrozenValues = { values: new Map(), isVoid: false };
    this.#frozen.add(frozen);
    return {
      get: (key) => {
        if (frozen.isVoid) throw sequencerError('SUBMIT_UNWINDING');
        return frozen.values.get(key) ?? this.get(key);
      },
      close: () => void this.#frozen.delete(frozen),
    };
  }

  /** Forgets the layers of the batches from `from` on. */
  withdraw(from: bigint): void {
    for (const frozen of this.#frozen) frozen.isVoid = true;
    while ((this.#layers.at(-1)?.batch ?? -1n) >= from) this.#layers.pop();
  }

  /** Called when the tree holds `batch`. */
  dropBatch(batch: bigint): void {
    assert(this.#layers[0]?.batch === batch, 'batches leave in order');
    this.#layers.shift();
  }
}
