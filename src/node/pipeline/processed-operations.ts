/** Operations of L1 processed up to the end of each batch from the last final one on; those of earlier lives are read when they are asked for. */

import { fromWord } from '../../chain/word.ts';
import type { RequiredFacts } from './required-facts.ts';

export interface Processed {
  readonly index: bigint;
  readonly roll: bigint;
}

export class ProcessedOperations {
  readonly #facts: Pick<RequiredFacts, 'digestAfter'>;
  readonly #known = new Map<bigint, Processed>();

  constructor(facts: Pick<RequiredFacts, 'digestAfter'>) {
    this.#facts = facts;
  }

  /** Before the batch is sealed: it is in the book before its facts are on disk. */
  onClosed(batch: { readonly number: bigint; readonly priorityIndex: bigint; readonly priorityRoll: bigint }): void {
    this.#known.set(batch.number, { index: batch.priorityIndex, roll: batch.priorityRoll });
  }

  async after(batch: bigint): Promise<Processed> {
    const known = this.#known.get(batch);
    if (known !== undefined) return known;
    const { digest } = await this.#facts.digestAfter(batch);
    const found = { index: digest.priorityIndex, roll: fromWord({ hi: digest.priorityHi, lo: digest.priorityLo }) };
    this.#known.set(batch, found);
    return found;
  }

  withdraw(from: bigint): void {
    for (const number of this.#known.keys()) if (number >= from) this.#known.delete(number);
  }

  forgetBefore(batch: bigint): void {
    for (const number of this.#known.keys()) if (number < batch) this.#known.delete(number);
  }
}
