import type { BatchBook } from './batch-book.ts';

/** Last blocks of the batches that Ethereum has committed and executed; looked up when the counts move, read on every request. */
export class SettledBlocks {
  #committed = 0n;
  #executed = 0n;

  get safe(): bigint {
    return this.#committed;
  }

  get finalized(): bigint {
    return this.#executed;
  }

  /** No block above `block` stands. */
  withdraw(block: bigint): void {
    if (this.#committed > block) this.#committed = block;
    if (this.#executed > block) this.#executed = block;
  }

  async update(book: BatchBook): Promise<void> {
    const { committed, executed } = book.counts;
    this.#committed = (await book.get(committed))?.lastBlock ?? this.#committed;
    this.#executed = (await book.get(executed))?.lastBlock ?? this.#executed;
  }
}
