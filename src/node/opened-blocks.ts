import type { Block } from '../chain/block.ts';

interface Opened {
  readonly block: Promise<Block | undefined>;
  /** Known when it is open. */
  items: number;
}

/**
 * Blocks read from the store, opened: clients ask for the receipts of one block many times over. Bounded in items; what was used longest ago
 * leaves first. Requests that come together open a block once.
 */
export class OpenedBlocks {
  readonly #itemsMax: number;
  readonly #blocks = new Map<bigint, Opened>();
  #items = 0;

  constructor(itemsMax: number) {
    this.#itemsMax = itemsMax;
  }

  get(number: bigint, open: () => Promise<Block | undefined>): Promise<Block | undefined> {
    const known = this.#blocks.get(number);
    if (known !== undefined) {
      this.#blocks.delete(number);
      this.#blocks.set(number, known);
      return known.block;
    }
    const opened: Opened = { block: open(), items: 0 };
    this.#blocks.set(number, opened);
    opened.block.then(
      (block) => this.#count(number, opened, block),
      () => this.#drop(number, opened),
    );
    return opened.block;
  }

  /** Forgets the blocks above `number`. */
  dropAbove(number: bigint): void {
    for (const [opened, entry] of this.#blocks) if (opened > number) this.#drop(opened, entry);
  }

  #count(number: bigint, opened: Opened, block: Block | undefined): void {
    if (this.#blocks.get(number) !== opened) return;
    // Absent today does not mean absent tomorrow.
    if (block === undefined) {
      this.#drop(number, opened);
      return;
    }
    opened.items = block.items.length + 1;
    this.#items += opened.items;
    for (const [oldest, entry] of this.#blocks) {
      if (this.#items <= this.#itemsMax || oldest === number) return;
      this.#drop(oldest, entry);
    }
  }

  #drop(number: bigint, opened: Opened): void {
    if (this.#blocks.get(number) !== opened) return;
    this.#blocks.delete(number);
    this.#items -= opened.items;
  }
}
