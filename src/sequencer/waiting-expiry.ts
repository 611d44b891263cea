import type { Clock } from '../base/clock.ts';
import type { SignedDenial } from '../chain/denial.ts';
import { accountKey } from '../chain/keys.ts';
import type { StateReader } from '../execution/port.ts';
import type { Arrivals } from './arrivals.ts';
import type { DenialBook, DenialGround } from './denial-book.ts';
import type { Pending } from './lanes.ts';
import type { Mempool } from './mempool.ts';
import type { OpenBatch } from './open-batch.ts';

export interface ExpiryLimits {
  readonly nonceGapMs: number;
  readonly blockTransactionsMax: number;
}

export interface WaitingExpiryDeps {
  readonly state: StateReader;
  readonly mempool: Mempool;
  readonly arrivals: Pick<Arrivals, 'isBeingWritten'>;
  readonly denials: DenialBook;
  readonly clock: Clock;
}

/** Looking through every waiting transaction costs a state read each, so it is not done for every block. */
const checkIntervalMs = 1000;

/** Ends transactions that waited too long, for a missing nonce or a lower base fee, and those whose nonce was used. */
export class WaitingExpiry {
  readonly #limits: ExpiryLimits;
  readonly #deps: WaitingExpiryDeps;
  #checkedAt = 0;

  constructor(limits: ExpiryLimits, deps: WaitingExpiryDeps) {
    this.#limits = limits;
    this.#deps = deps;
  }

  /** Denials that are still to be written. */
  expire({ start }: OpenBatch): SignedDenial[] {
    const { mempool, arrivals, denials, clock } = this.#deps;
    const now = clock.now();
    if (now - this.#checkedAt < checkIntervalMs) return [];
    this.#checkedAt = now;
    const before = now - this.#limits.nonceGapMs;
    const ended: SignedDenial[] = [];
    for (const pending of [...mempool.lanes.all()]) {
      // They are written together with those of a block, and the log takes no more at once (denial-room.ts). The others come with the next look.
      if (ended.length >= this.#limits.blockTransactionsMax) break;
      if (arrivals.isBeingWritten(pending.hash)) continue;
      const ground = this.#groundToEnd(pending, before, start.context.baseFee);
      if (ground !== undefined) ended.push(denials.deny(pending, ground));
    }
    return ended;
  }

  #groundToEnd({ transaction, acceptedAt }: Pending, before: number, baseFee: bigint): DenialGround | undefined {
    const { state, mempool } = this.#deps;
    const { sender, nonce, maxFeePerGas } = transaction;
    const next = state.get(accountKey(sender)).hi;
    if (nonce < next) {
      return { code: 'invalid', ruleId: 'sequencer.nonce-used', reason: 'its nonce was used by another transaction' };
    }
    if (acceptedAt >= before) return undefined;
    if (mempool.lanes.nextNonce(sender, next) < nonce) {
      return { code: 'expired', ruleId: 'sequencer.nonce-gap', reason: 'an earlier nonce never came' };
    }
    if (nonce === next && maxFeePerGas < baseFee) {
      return { code: 'expired', ruleId: 'sequencer.fee-too-low', reason: 'the base fee stayed above what it offers' };
    }
    return undefined;
  }
}
