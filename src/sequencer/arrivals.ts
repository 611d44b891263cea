/**
 * Admitted transactions on their way into the block log: only what is durable there is accepted (G7). While one is written, it waits already as far
 * as later nonces and limits are concerned, but no block takes it.
 */

import { Bell } from '../base/bell.ts';
import type { Clock } from '../base/clock.ts';
import type { SignedTransaction } from '../chain/transaction.ts';
import type { DenialBook } from './denial-book.ts';
import type { Journal } from './journal.ts';
import type { Pending } from './lanes.ts';
import type { LogEntry } from './log-entries.ts';
import type { Mempool } from './mempool.ts';
import type { SequencerEvents } from './port.ts';

export interface ArrivalsDeps {
  readonly mempool: Mempool;
  readonly journal: Journal;
  readonly denials: DenialBook;
  readonly clock: Clock;
  readonly events: Pick<SequencerEvents, 'onDenial'>;
}

export class Arrivals {
  /** Rings when a transaction has become durable. */
  readonly bell = new Bell();
  readonly #deps: ArrivalsDeps;
  /** Not on disk yet, by hash; a second submission of the same bytes waits for the first. */
  readonly #arriving = new Map<bigint, Promise<void>>();
  /** Waiting transactions, by hash, whose replacement is being written: no block takes them, and they get no second replacement. */
  readonly #replacing = new Set<bigint>();
  #count = 0;

  constructor(deps: ArrivalsDeps) {
    this.#deps = deps;
  }

  /** Transactions that have become durable in this life. */
  get count(): number {
    return this.#count;
  }

  /** Settles when these bytes are durable or cannot be; undefined when they are not being written. */
  arriving(hash: bigint): Promise<void> | undefined {
    return this.#arriving.get(hash);
  }

  /** The transaction is being written, or its replacement is. */
  isBeingWritten(hash: bigint): boolean {
    return this.#arriving.has(hash) || this.#replacing.has(hash);
  }

  async take(transaction: SignedTransaction, hash: bigint): Promise<void> {
    const { mempool, clock } = this.#deps;
    const acceptedAt = clock.now();
    mempool.add(transaction, acceptedAt);
    try {
      await this.#write(hash, [{ kind: 'accepted', raw: transaction.raw, acceptedAt }]);
    } catch (error) {
      mempool.drop(mempool.lanes.byHash(hash)!);
      throw error;
    }
  }

  /** One group of the log: the old one's denial and the new one's acceptance are durable together or not at all. */
  async replace(old: Pending, transaction: SignedTransaction, hash: bigint): Promise<void> {
    const { mempool, denials, clock, events } = this.#deps;
    const acceptedAt = clock.now();
    const ground = { code: 'replaced', ruleId: 'sequencer.replaced', reason: 'the sender replaced it' } as const;
    const denial = denials.sign(old.transaction, old.hash, ground);
    this.#replacing.add(old.hash);
    try {
      await this.#write(hash, [
        { kind: 'denial', denial },
        { kind: 'accepted', raw: transaction.raw, acceptedAt },
      ]);
    } catch (error) {
      denials.discard(denial);
      throw error;
    } finally {
      this.#replacing.delete(old.hash);
    }
    mempool.deny(old);
    mempool.add(transaction, acceptedAt);
    events.onDenial(denial, true);
  }

  async #write(hash: bigint, entries: readonly LogEntry[]): Promise<void> {
    const durable = this.#deps.journal.writeArrival(entries);
    this.#arriving.set(hash, durable);
    try {
      await durable;
      this.#count += 1;
    } finally {
      this.#arriving.delete(hash);
    }
    this.bell.ring();
  }
}
