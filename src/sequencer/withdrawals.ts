/**
 * Which batches of the block log still stand. The log only grows: a `withdrawn` entry makes void what stands before it and belongs to the
 * batches it names. A batch number may so occur several times; its epoch tells them apart (ADR 0014).
 */

import { decodeEntry, type LogEntry } from './log-entries.ts';

export interface Withdrawal {
  /** Position of the `withdrawn` entry in the log. */
  readonly sequence: number;
  readonly from: bigint;
}

interface StoredEntry {
  readonly sequence: number;
  readonly kind: string;
  readonly payload: Uint8Array;
}

export class Withdrawals {
  readonly #list: Withdrawal[] = [];

  constructor(list: Iterable<Withdrawal> = []) {
    this.#list.push(...list);
  }

  get count(): number {
    return this.#list.length;
  }

  get list(): readonly Withdrawal[] {
    return this.#list;
  }

  add(withdrawal: Withdrawal): void {
    this.#list.push(withdrawal);
  }

  /** 0 for a batch that was never withdrawn, else the number of the last withdrawal before `sequence` that took it back. */
  epochOf(batch: bigint, sequence = Number.POSITIVE_INFINITY): number {
    return this.#list.findLastIndex((w) => w.from <= batch && w.sequence < sequence) + 1;
  }

  /** Whether what the log says about `batch` at `sequence` was taken back later. */
  isVoid(batch: bigint, sequence: number): boolean {
    return this.#list.some((w) => w.from <= batch && w.sequence > sequence);
  }
}

/** Reads the log for its withdrawals alone: what is void must be known before anything is applied. */
export async function findWithdrawals(entries: AsyncIterable<StoredEntry>): Promise<Withdrawals> {
  const found = new Withdrawals();
  for await (const { sequence, kind, payload } of entries) {
    if (kind !== 'withdrawn') continue;
    const entry = decodeEntry(kind, payload);
    if (entry.kind === 'withdrawn') found.add({ sequence, from: entry.from });
  }
  return found;
}

/** Tells entry after entry, from the start of a batch on, whether it is void. Acceptances, denials and withdrawals always stand, and so do operations of an entry that follows: alone they are nothing. */
export function fatesOf(withdrawals: Withdrawals): (sequence: number, entry: LogEntry) => boolean {
  let open = 0n;
  return (sequence, entry) => {
    switch (entry.kind) {
      case 'batch-opened':
        open = entry.batch;
        return withdrawals.isVoid(open, sequence);
      case 'block':
      case 'batch-closed':
        return withdrawals.isVoid(open, sequence);
      case 'sealed':
        return withdrawals.isVoid(entry.batch, sequence);
      case 'accepted':
      case 'denial':
      case 'withdrawn':
      case 'withdrawn-operations':
      case 'block-operations':
        return false;
    }
  };
}
