/** Writes as bytes, 64 each (key, lo, hi; little-endian), to hand them to the tree's thread without an object each. */

import type { StateWrite } from './port.ts';

export const WRITE_WORDS = 16;

export function packWrites(writes: readonly StateWrite[]): Uint32Array<ArrayBuffer> {
  const wide = new BigUint64Array(writes.length * 8);
  let at = 0;
  for (const { key, hi, lo } of writes) {
    wide[at] = key;
    wide[at + 1] = key >> 64n;
    wide[at + 2] = key >> 128n;
    wide[at + 3] = key >> 192n;
    wide[at + 4] = lo;
    wide[at + 5] = lo >> 64n;
    wide[at + 6] = hi;
    wide[at + 7] = hi >> 64n;
    at += 8;
  }
  return new Uint32Array(wide.buffer);
}

/** Keys alone, 32 bytes each. */
export function packKeys(keys: readonly bigint[]): Uint32Array<ArrayBuffer> {
  const wide = new BigUint64Array(keys.length * 4);
  for (const [i, key] of keys.entries()) {
    wide[4 * i] = key;
    wide[4 * i + 1] = key >> 64n;
    wide[4 * i + 2] = key >> 128n;
    wide[4 * i + 3] = key >> 192n;
  }
  return new Uint32Array(wide.buffer);
}

/** Keys that are only kept to be gone through again, at 32 bytes each; a set of bigints takes three times as much. */
export class PackedKeys implements Iterable<bigint> {
  #words: BigUint64Array<ArrayBuffer>;

  constructor(keys: Iterable<bigint>) {
    this.#words = new BigUint64Array(packKeys([...keys]).buffer);
  }

  /** The keys behind the `words` of another one, which may have come from another thread. */
  static of(words: BigUint64Array<ArrayBuffer>): PackedKeys {
    const keys = new PackedKeys([]);
    keys.#words = words;
    return keys;
  }

  get words(): BigUint64Array<ArrayBuffer> {
    return this.#words;
  }

  get size(): number {
    return this.#words.length / 4;
  }

  *[Symbol.iterator](): Generator<bigint, void, undefined> {
    const wide = this.#words;
    for (let at = 0; at < wide.length; at += 4) {
      yield wide[at]! | (wide[at + 1]! << 64n) | (wide[at + 2]! << 128n) | (wide[at + 3]! << 192n);
    }
  }
}
