import type { SignedDenial } from '../../chain/denial.ts';
import type { ClosedBatch } from '../../sequencer/batch.ts';
import type { BatchStart } from '../../sequencer/open-batch.ts';

/** Batches that this life has executed and that are not final: what a withdrawal needs of them and no table has. */
export class OwnBatches {
  readonly #batches = new Map<bigint, Pick<ClosedBatch, 'start' | 'denials'>>();

  onClosed({ number, start, denials }: ClosedBatch): void {
    this.#batches.set(number, { start, denials });
  }

  startOf(batch: bigint): BatchStart | undefined {
    return this.#batches.get(batch)?.start;
  }

  /** The list itself. */
  denialsOf(batch: bigint): SignedDenial[] | undefined {
    return this.#batches.get(batch)?.denials;
  }

  withdraw(from: bigint): void {
    for (const number of this.#batches.keys()) if (number >= from) this.#batches.delete(number);
  }

  forgetThrough(batch: bigint): void {
    for (const number of this.#batches.keys()) if (number <= batch) this.#batches.delete(number);
  }
}
