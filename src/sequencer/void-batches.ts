import type { SignedDenial } from '../chain/denial.ts';
import type { LogEntry } from './log-entries.ts';
import type { WithdrawnBatch } from './re-execution.ts';

/** Collects, in replay, what a later withdrawal takes back: it is not executed, but the withdrawal goes by it. */
export class VoidBatches {
  #done: WithdrawnBatch[] = [];
  #open: { -readonly [K in keyof WithdrawnBatch]: WithdrawnBatch[K] } | undefined;

  /** Denials of the batch that is open; undefined when none is. */
  get denials(): SignedDenial[] | undefined {
    return this.#open?.denials;
  }

  get openNumber(): bigint | undefined {
    return this.#open?.number;
  }

  open(entry: Extract<LogEntry, { kind: 'batch-opened' }>, denials: SignedDenial[]): void {
    this.#open = { number: entry.batch, slot: entry.slot, isClosed: false, denials, blocks: [] };
  }

  addBlock({ number, hash, timestamp, transactions }: Extract<LogEntry, { kind: 'block' }>): void {
    this.#open!.blocks = [...this.#open!.blocks, { number, hash, timestamp, transactions }];
  }

  close(): void {
    this.#done.push({ ...this.#open!, isClosed: true });
    this.#open = undefined;
  }

  /** Gives the batches from `from` on; what is before them waits for a later withdrawal. */
  take(from: bigint): WithdrawnBatch[] {
    const all = this.#open === undefined ? this.#done : [...this.#done, this.#open];
    this.#done = all.filter(({ number }) => number < from);
    this.#open = undefined;
    return all.filter(({ number }) => number >= from);
  }

  /** Number of the last batch that is not taken yet. */
  get last(): bigint | undefined {
    return this.#open?.number ?? this.#done.at(-1)?.number;
  }
}
