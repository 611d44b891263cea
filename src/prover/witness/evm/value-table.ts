import { LIMB } from '../../../chain/word.ts';

/** 256-bit words by id; ids 0 and 1 are the words 0 and 1. */
export class ValueTable {
  readonly #ids = new Map<bigint, number>();
  readonly words: bigint[] = [];

  constructor() {
    this.id(0n);
    this.id(1n);
  }

  id(word: bigint): number {
    const known = this.#ids.get(word);
    if (known !== undefined) return known;
    const id = this.words.push(word) - 1;
    this.#ids.set(word, id);
    return id;
  }

  word(id: number): bigint {
    const word = this.words[id];
    if (word === undefined) throw new RangeError(`value id ${id}`);
    return word;
  }
}

/** The sum of a word's limbs is 0 exactly when the word is. */
export const limbSum = (word: bigint): bigint => word / LIMB + (word % LIMB);
