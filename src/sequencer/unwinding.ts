import { assert } from '../base/assert.ts';
import type { SignedDenial } from '../chain/denial.ts';
import type { ReExecution, WithdrawnBatch } from './re-execution.ts';

/** Whether batches are being taken back or executed again, and what is left of them. While they are, nothing new is taken. */
export class Unwinding {
  #again: ReExecution | undefined;
  #isWithdrawing = false;

  get isUnderWay(): boolean {
    return this.#again !== undefined || this.#isWithdrawing;
  }

  get current(): ReExecution | undefined {
    return this.#again;
  }

  /** The withdrawn batch to be executed next, or being executed. */
  get batch(): WithdrawnBatch | undefined {
    return this.#again?.batch;
  }

  /** Runs what takes batches back. */
  async withdrawing(work: () => Promise<void>): Promise<void> {
    assert(!this.isUnderWay, 'batches can be withdrawn');
    this.#isWithdrawing = true;
    try {
      await work();
    } finally {
      this.#isWithdrawing = false;
    }
  }

  begin(again: ReExecution): void {
    this.#again = again;
  }

  /** Nothing is left to be executed again. */
  end(): void {
    assert(this.batch === undefined, 'every withdrawn batch is executed again');
    this.#again = undefined;
  }

  /** Batch `number` was left: it counts when it is a withdrawn one. */
  leave(number: bigint): void {
    if (this.#again?.batch?.number === number) this.#again.finish(number);
  }

  /** Denials that a batch begins with because it had them before it was withdrawn; undefined for a batch that was not. */
  denialsOf(batch: bigint): readonly SignedDenial[] | undefined {
    return this.batch?.number === batch ? this.batch.denials : undefined;
  }
}
