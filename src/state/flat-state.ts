import { ZERO_WORD } from '../chain/word.ts';
import { WRITE_WORDS } from './packed-writes.ts';
import type { StateReader, Word } from './port.ts';

const ENTRIES_PER_PAGE = 2 ** 14;
const KEY_WORDS = 8;

/**
 * Key to value in the main thread: a hash table over typed arrays, 72 to 80 bytes a key, so that reading state never waits for the tree. Growing
 * rebuilds the index alone (about 20 ms at a million keys).
 */
export class FlatState implements StateReader {
  readonly #pages: Uint32Array[] = [];
  #count = 0;
  /** Entry number plus one, 0 for a free slot. */
  #slots = new Uint32Array(2 ** 12);
  readonly #wide = new BigUint64Array(KEY_WORDS / 2);
  readonly #key = new Uint32Array(this.#wide.buffer);

  get size(): number {
    return this.#count;
  }

  get(key: bigint): Word {
    this.#load(key);
    const slot = this.#find(this.#key, 0);
    const entry = this.#slots[slot]!;
    if (entry === 0) return ZERO_WORD;
    const page = this.#pages[Math.floor((entry - 1) / ENTRIES_PER_PAGE)]!;
    const at = ((entry - 1) % ENTRIES_PER_PAGE) * WRITE_WORDS + KEY_WORDS;
    return { hi: limb(page, at + 4), lo: limb(page, at) };
  }

  /** Takes packed writes (packed-writes.ts). */
  apply(writes: Uint32Array): void {
    for (let at = 0; at < writes.length; at += WRITE_WORDS) this.#set(writes, at);
  }

  #set(writes: Uint32Array, at: number): void {
    const slot = this.#find(writes, at);
    let entry = this.#slots[slot]!;
    if (entry === 0) {
      this.#count += 1;
      entry = this.#count;
      this.#slots[slot] = entry;
      if (entry > this.#pages.length * ENTRIES_PER_PAGE)
        this.#pages.push(new Uint32Array(ENTRIES_PER_PAGE * WRITE_WORDS));
    }
    const page = this.#pages[Math.floor((entry - 1) / ENTRIES_PER_PAGE)]!;
    const start = ((entry - 1) % ENTRIES_PER_PAGE) * WRITE_WORDS;
    for (let i = 0; i < WRITE_WORDS; i++) page[start + i] = writes[at + i]!;
    if (this.#count * 2 > this.#slots.length) this.#grow();
  }

  #load(key: bigint): void {
    this.#wide[0] = key;
    this.#wide[1] = key >> 64n;
    this.#wide[2] = key >> 128n;
    this.#wide[3] = key >> 192n;
  }

  /** The slot of a key or the free one where it belongs. */
  #find(words: Uint32Array, at: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = words[at]! & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!;
      if (entry === 0 || this.#hasKey(entry, words, at)) return slot;
    }
  }

  #hasKey(entry: number, words: Uint32Array, at: number): boolean {
    const page = this.#pages[Math.floor((entry - 1) / ENTRIES_PER_PAGE)]!;
    const start = ((entry - 1) % ENTRIES_PER_PAGE) * WRITE_WORDS;
    for (let i = 0; i < KEY_WORDS; i++) if (page[start + i] !== words[at + i]) return false;
    return true;
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let entry = 1; entry <= this.#count; entry++) {
      const page = this.#pages[Math.floor((entry - 1) / ENTRIES_PER_PAGE)]!;
      let slot = page[((entry - 1) % ENTRIES_PER_PAGE) * WRITE_WORDS]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
  }
}

const limb = (words: Uint32Array, at: number): bigint =>
  (BigInt(words[at + 3]!) << 96n) |
  (BigInt(words[at + 2]!) << 64n) |
  (BigInt(words[at + 1]!) << 32n) |
  BigInt(words[at]!);
