import { assert } from './assert.ts';

/** First in, first out, with a hard limit: `push` answers false when full, so back-pressure is the caller's decision. */
export class BoundedQueue<T> {
  readonly itemsMax: number;
  #items: T[] = [];
  #head = 0;

  constructor(itemsMax: number) {
    assert(Number.isSafeInteger(itemsMax) && itemsMax > 0, 'a queue needs a positive limit');
    this.itemsMax = itemsMax;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** The one that `shift` would give. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): boolean {
    if (this.size >= this.itemsMax) return false;
    this.#items.push(item);
    return true;
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined as T;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
