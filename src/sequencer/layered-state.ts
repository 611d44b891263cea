import { assert } from '../base/assert.ts';
import type { Word } from '../chain/word.ts';
import type { LeafChange, StateReader } from '../execution/port.ts';

/**
 * The working state: the sealed tree below, and above it one layer of changed leaves for each batch that is not in the tree yet. A batch's
 * layer is dropped when the tree has taken it up, so reads never see a gap.
 */
export class LayeredState implements StateReader {
  readonly #tree: StateReader;
  readonly #layers: { readonly batch: bigint; readonly values: Map<bigint, Word> }[] = [];

  constructor(tree: StateReader) {
    this.#tree = tree;
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
    for (const { key, after } of changes) top.values.set(key, after);
  }

  /** Forgets the layers of the batches from `from` on. */
  withdraw(from: bigint): void {
    while ((this.#layers.at(-1)?.batch ?? -1n) >= from) this.#layers.pop();
  }

  /** Called when the tree holds `batch`. */
  dropBatch(batch: bigint): void {
    assert(this.#layers[0]?.batch === batch, 'batches leave in order');
    this.#layers.shift();
  }
}
