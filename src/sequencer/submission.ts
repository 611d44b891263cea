/**
 * From a signed transaction with its permit to a hash that will have exactly one outcome (G7): what was seen before gets the same answer, the
 * rest passes the admission table.
 */

import { bytesToBigInt } from '../base/bytes.ts';
import { accountKey } from '../chain/keys.ts';
import type { SignedTransaction } from '../chain/transaction.ts';
import type { StateReader } from '../execution/port.ts';
import type { WritePermit } from '../policy/port.ts';
import { type AdmissionLimits, admit, isDenied } from './admission.ts';
import type { Arrivals } from './arrivals.ts';
import type { ChainHead } from './chain-head.ts';
import type { DenialLimit } from './denial-limit.ts';
import { sequencerError } from './errors.ts';
import type { Mempool } from './mempool.ts';
import type { FindOutcome, GatesOf, Outcome } from './port.ts';
import type { Refusals } from './refusals.ts';
import type { Unwinding } from './unwinding.ts';

export interface SubmissionDeps {
  readonly head: ChainHead;
  readonly state: StateReader;
  readonly mempool: Mempool;
  readonly arrivals: Arrivals;
  readonly refusals: Refusals;
  readonly limit: DenialLimit;
  readonly unwinding: Unwinding;
  readonly gatesOf: GatesOf;
  readonly findOutcome: FindOutcome;
}

export class Submission {
  readonly #limits: AdmissionLimits;
  readonly #deps: SubmissionDeps;
  #isStopping = false;

  constructor(limits: AdmissionLimits, deps: SubmissionDeps) {
    this.#limits = limits;
    this.#deps = deps;
  }

  get isTaking(): boolean {
    return !this.#isStopping && !this.#deps.unwinding.isUnderWay;
  }

  stop(): void {
    this.#isStopping = true;
  }

  async submit(transaction: SignedTransaction, permit: WritePermit): Promise<bigint> {
    if (this.#isStopping) throw sequencerError('SUBMIT_STOPPING');
    this.#requireNoUnwinding();
    if (!permit.covers(transaction.hash, this.#deps.head.policyRoot)) {
      throw sequencerError('SUBMIT_DENIED', 'the permit is for another transaction or policy');
    }
    const hash = bytesToBigInt(transaction.hash);
    let here = this.#here(hash);
    if (here === undefined) {
      const known = await this.#known(transaction, hash);
      if (known?.kind === 'denied') throw sequencerError('SUBMIT_OUTCOME_DENIED', known.denial.code);
      if (known !== undefined) return hash;
      // The look-up gave up the turn: another submission of the same bytes may have come first. From here to its lane nothing does.
      here = this.#here(hash) ?? this.#accept(transaction, hash);
    }
    await here;
    return hash;
  }

  async outcome(hash: bigint): Promise<Outcome | undefined> {
    const { mempool, findOutcome } = this.#deps;
    if (mempool.pending(hash) !== undefined) return { kind: 'pending' };
    return findOutcome(hash);
  }

  async seenBefore(transaction: SignedTransaction): Promise<Outcome | undefined> {
    const { mempool, arrivals } = this.#deps;
    const hash = bytesToBigInt(transaction.hash);
    await arrivals.arriving(hash)?.catch(() => undefined);
    if (mempool.pending(hash) !== undefined) return { kind: 'pending' };
    return this.#known(transaction, hash);
  }

  /** Settles when the same bytes, which came before, are durable or cannot be; undefined when they do not wait. */
  #here(hash: bigint): Promise<void> | undefined {
    const { mempool, arrivals } = this.#deps;
    return arrivals.arriving(hash) ?? (mempool.pending(hash) === undefined ? undefined : Promise.resolve());
  }

  /** A hash with an outcome has a used nonce or is among the denied ones; only then is the store asked. */
  async #known(transaction: SignedTransaction, hash: bigint): Promise<Outcome | undefined> {
    const { state, mempool, findOutcome } = this.#deps;
    const isUsed = transaction.nonce < state.get(accountKey(transaction.sender)).hi;
    return isUsed || mempool.wasDenied(hash) ? findOutcome(hash) : undefined;
  }

  async #accept(transaction: SignedTransaction, hash: bigint): Promise<void> {
    this.#requireNoUnwinding();
    const { head, state, mempool, arrivals, refusals, limit, gatesOf } = this.#deps;
    const { sender, nonce } = transaction;
    const replaces = mempool.lanes.at(sender, nonce);
    if (replaces !== undefined && arrivals.isBeingWritten(replaces.hash)) {
      throw sequencerError('SUBMIT_UNDERPRICED', 'another transaction of this nonce is being written');
    }
    const account = state.get(accountKey(sender));
    try {
      admit({
        transaction,
        state,
        block: head.currentBlock(),
        lanes: mempool.lanes,
        executor: head.executor,
        limits: this.#limits,
        backlogGates: mempool.backlog.gates,
        gates: gatesOf(transaction),
        denialsExceeded: limit.isExceeded(sender),
        nonce: account.hi,
        balance: account.lo,
        replaces,
      });
    } catch (error) {
      if (isDenied(error)) await refusals.record(transaction, hash, (error as Error).message);
      throw error;
    }
    if (replaces === undefined) await arrivals.take(transaction, hash);
    else await arrivals.replace(replaces, transaction, hash);
  }

  #requireNoUnwinding(): void {
    if (this.#deps.unwinding.isUnderWay) throw sequencerError('SUBMIT_UNWINDING');
  }
}
