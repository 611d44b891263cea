import { bytesToBigInt } from '../base/bytes.ts';
import type { SignedTransaction } from '../chain/transaction.ts';
import type { Arrivals } from './arrivals.ts';
import type { DenialBook } from './denial-book.ts';
import type { DenialLimit } from './denial-limit.ts';
import { sequencerError } from './errors.ts';
import type { Journal } from './journal.ts';
import type { Mempool } from './mempool.ts';
import type { SequencerEvents } from './port.ts';
import type { Unwinding } from './unwinding.ts';

export interface RefusalsDeps {
  readonly mempool: Mempool;
  readonly arrivals: Arrivals;
  readonly denials: DenialBook;
  readonly limit: DenialLimit;
  readonly journal: Journal;
  readonly unwinding: Unwinding;
  readonly events: Pick<SequencerEvents, 'onDenial'>;
}

/** What policy refuses before it is accepted: a signed denial in the log, and no outcome of the hash, which may come again. */
export class Refusals {
  readonly #deps: RefusalsDeps;

  constructor(deps: RefusalsDeps) {
    this.#deps = deps;
  }

  /** Throws what the sender is told. */
  async refuse(transaction: SignedTransaction, reason: string): Promise<never> {
    const { mempool, arrivals, limit, unwinding } = this.#deps;
    if (unwinding.isUnderWay) throw sequencerError('SUBMIT_UNWINDING');
    const hash = bytesToBigInt(transaction.hash);
    // The same bytes may have been accepted from somebody else since `seenBefore`. A denial behind that in the log would end them in replay.
    if (arrivals.arriving(hash) !== undefined || mempool.pending(hash) !== undefined) {
      throw sequencerError('SUBMIT_DENIED', reason);
    }
    if (limit.isExceeded(transaction.sender)) throw sequencerError('SUBMIT_RATE');
    await this.record(transaction, hash, reason);
    throw sequencerError('SUBMIT_DENIED', reason);
  }

  /** Signs and keeps the denial; throws when it cannot be stored. */
  async record(transaction: SignedTransaction, hash: bigint, reason: string): Promise<void> {
    const { denials, journal, events } = this.#deps;
    const denial = denials.sign(transaction, hash, { code: 'policy', ruleId: 'admission', reason });
    try {
      await journal.writeArrival([{ kind: 'denial', denial }]);
    } catch (error) {
      denials.discard(denial);
      throw error;
    }
    events.onDenial(denial, false);
  }
}
