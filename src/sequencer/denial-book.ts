/**
 * Signs denials and keeps each with the batch in whose tree it stands: the open one, or, between two batches, the next. A batch's denials are
 * those in the log, in its order.
 */

import type { Clock } from '../base/clock.ts';
import { unixSeconds } from '../base/clock.ts';
import type { DenialCode, SignedDenial } from '../chain/denial.ts';
import type { Salts } from '../chain/salts.ts';
import type { SignedTransaction } from '../chain/transaction.ts';
import type { ChainHead } from './chain-head.ts';
import type { DenialLimit } from './denial-limit.ts';
import { cutGround } from './denial-room.ts';
import type { DenialSigner } from './denial-signer.ts';
import type { Pending } from './lanes.ts';
import type { Mempool } from './mempool.ts';
import type { Unwinding } from './unwinding.ts';

export interface DenialGround {
  readonly code: DenialCode;
  /** For compliance only, like the reason. */
  readonly ruleId: string;
  readonly reason: string;
}

export interface DenialBookDeps {
  readonly head: Pick<ChainHead, 'openBatch' | 'start'>;
  readonly mempool: Pick<Mempool, 'denyUnwritten'>;
  readonly unwinding: Pick<Unwinding, 'current'>;
  readonly limit: DenialLimit;
  readonly signer: DenialSigner;
  readonly salts: Salts;
  readonly clock: Clock;
}

export class DenialBook {
  readonly #chainId: bigint;
  readonly #deps: DenialBookDeps;
  /** Signed between two batches: they belong to the one that opens next. */
  #loose: SignedDenial[] = [];
  /** Those of the batch that was left last; one on its way to the log may still belong there. */
  #left: SignedDenial[] = [];

  constructor(chainId: bigint, deps: DenialBookDeps) {
    this.#chainId = chainId;
    this.#deps = deps;
  }

  /** Signs and keeps a denial. One that takes a receipt back names it, and has the time of the withdrawal. */
  sign(transaction: SignedTransaction, hash: bigint, ground: DenialGround): SignedDenial {
    const { code, ruleId, reason } = cutGround(ground);
    const { head, unwinding, limit, signer, salts, clock } = this.#deps;
    const withdrawn = unwinding.current?.receiptOf(hash);
    const denial = signer.sign({
      chainId: this.#chainId,
      transactionHash: hash,
      sender: transaction.sender,
      nonce: transaction.nonce,
      code: withdrawn === undefined ? code : 'revoked',
      batch: head.start.number,
      timestamp: unwinding.current?.timestamp ?? BigInt(unixSeconds(clock)),
      ruleId,
      reason,
      salt: salts.denial(hash),
      ...(withdrawn === undefined ? {} : { withdrawn }),
    });
    this.keep(denial);
    // What was accepted and had its receipt is no attempt of its sender.
    if (withdrawn === undefined) limit.note(transaction.sender);
    return denial;
  }

  /** Ends a waiting transaction with a denial that is still to be written. */
  deny(pending: Pending, ground: DenialGround): SignedDenial {
    this.#deps.mempool.denyUnwritten(pending);
    return this.sign(pending.transaction, pending.hash, ground);
  }

  keep(denial: SignedDenial): void {
    (this.#deps.head.openBatch?.denials ?? this.#loose).push(denial);
  }

  /** Takes back a denial that could not be written. */
  discard(denial: SignedDenial): void {
    const { head, unwinding } = this.#deps;
    const kept = [this.#loose, head.openBatch?.denials ?? [], this.#left, ...(unwinding.current?.denials ?? [])];
    for (const denials of kept) {
      const at = denials.indexOf(denial);
      if (at >= 0) denials.splice(at, 1);
    }
  }

  /** Whether some wait for the batch that opens next. */
  get hasLoose(): boolean {
    return this.#loose.length > 0;
  }

  /** Gives those signed since the last batch was left, to the batch that opens. */
  takeLoose(): SignedDenial[] {
    return this.#loose.splice(0);
  }

  /** `denials` are those of the batch that is left. */
  leave(denials: SignedDenial[]): void {
    this.#left = denials;
  }
}
