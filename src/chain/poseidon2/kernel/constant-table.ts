import { assert } from '../../../base/assert.ts';
import { carryStart } from './format.ts';
import { CONSTANTS_BYTES, VECTOR_BYTES } from './layout.ts';
import { doubleBits, toLimbs } from './limbs.ts';

/** The constant table: each word twice to fill a vector (a load that repeats a word costs an address computation in V8). */
export class ConstantTable {
  readonly #words: bigint[] = [];
  readonly #pool = new Map<bigint, number>();

  /** Factors: limbs as doubles. */
  multiplicands(...values: readonly bigint[]): number {
    return this.#put(...values.flatMap((x) => toLimbs(x).map(doubleBits)));
  }

  /** Summands of a result: limbs as integers, with what its carry needs. */
  addends(...values: readonly bigint[]): number {
    return this.#put(...values.flatMap((x) => toLimbs(x).map((limb, i) => limb + carryStart(i))));
  }

  /** Summands of columns: limbs as integers. */
  limbs(...values: readonly bigint[]): number {
    return this.#put(...values.flatMap(toLimbs));
  }

  /** Address of a single word; equal words share one. */
  word(bits: bigint): number {
    const word = BigInt.asUintN(64, bits);
    const address = this.#pool.get(word) ?? this.#put(word);
    this.#pool.set(word, address);
    return address;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    assert(
      this.#words.length * VECTOR_BYTES <= CONSTANTS_BYTES,
      'the constant table of the hash kernel has outgrown its place',
    );
    const bytes = new Uint8Array(CONSTANTS_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [i, word] of this.#words.entries()) {
      view.setBigUint64(i * VECTOR_BYTES, word, true);
      view.setBigUint64(i * VECTOR_BYTES + 8, word, true);
    }
    return bytes;
  }

  #put(...words: bigint[]): number {
    const address = this.#words.length * VECTOR_BYTES;
    this.#words.push(...words.map((word) => BigInt.asUintN(64, word)));
    return address;
  }
}
