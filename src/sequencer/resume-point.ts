import { bytesToBigInt } from '../base/bytes.ts';
import { keccak256 } from '../chain/keccak.ts';
import type { LogEntry } from './log-entries.ts';
import type { BatchStart } from './open-batch.ts';

export interface AcceptedTransaction {
  readonly raw: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
}

/** Where a sequencer can go on without what the log holds before: just after a batch was closed. */
export interface ResumePoint {
  readonly start: BatchStart;
  /** Accepted and without an outcome, in the order of the log. */
  readonly waiting: readonly AcceptedTransaction[];
  /** Hashes of accepted transactions that ended as denials. */
  readonly denied: readonly bigint[];
  /** Gates of the batches that had no proof. */
  readonly backlog: readonly (readonly [batch: bigint, gates: number])[];
}

/**
 * What waits according to the log alone. The sequencer's lanes are ahead of it: they hold what is still being written, which may fail, so no
 * resume point can be read from them.
 */
export class LoggedWaiting {
  readonly #waiting = new Map<bigint, AcceptedTransaction>();
  readonly #denied: bigint[] = [];
  #atClose: { readonly waiting: readonly AcceptedTransaction[]; readonly deniedCount: number } = {
    waiting: [],
    deniedCount: 0,
  };

  /** Entries in the order of the log, each once it is durable. */
  follow(entry: LogEntry): void {
    switch (entry.kind) {
      case 'accepted':
        this.#waiting.set(bytesToBigInt(keccak256(entry.raw)), { raw: entry.raw, acceptedAt: entry.acceptedAt });
        return;
      case 'block':
        for (const hash of entry.transactions) this.#waiting.delete(hash);
        return;
      case 'denial':
        if (this.#waiting.delete(entry.denial.transactionHash)) this.#denied.push(entry.denial.transactionHash);
        return;
      case 'batch-closed':
        this.#atClose = { waiting: [...this.#waiting.values()], deniedCount: this.#denied.length };
        return;
    }
  }

  /** Takes up what a resume point says. */
  restore({ waiting, denied }: Pick<ResumePoint, 'waiting' | 'denied'>): void {
    for (const { raw, acceptedAt } of waiting) this.follow({ kind: 'accepted', raw, acceptedAt });
    this.#denied.push(...denied);
  }

  /** As of the last `batch-closed`. */
  get atClose(): Pick<ResumePoint, 'waiting' | 'denied'> {
    const { waiting, deniedCount } = this.#atClose;
    return { waiting, denied: this.#denied.slice(0, deniedCount) };
  }
}
