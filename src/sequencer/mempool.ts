/**
 * Accepted transactions on their way to an outcome, and the work they will be to prove. Each is in one lane until a block or a denial takes it; it
 * is still found here until that is on disk.
 */

import { bytesToBigInt } from '../base/bytes.ts';
import type { SignedTransaction } from '../chain/transaction.ts';
import { Lanes, type Pending } from './lanes.ts';
import type { GatesOf } from './port.ts';
import { ProvingBacklog } from './proving-backlog.ts';

export class Mempool {
  readonly #gatesOf: GatesOf;
  readonly #lanes = new Lanes();
  readonly #backlog = new ProvingBacklog();
  /** Taken by a block or a denial that is not on disk yet: for whoever asks, they still wait. */
  readonly #ending = new Map<bigint, SignedTransaction>();
  /** Accepted transactions that ended as denials: they stay denied. Grows with the denials, which are limited a sender and minute. */
  readonly #denied = new Set<bigint>();
  #sequence = 0;

  constructor(gatesOf: GatesOf) {
    this.#gatesOf = gatesOf;
  }

  get lanes(): Omit<Lanes, 'add' | 'remove'> {
    return this.#lanes;
  }

  get backlog(): Pick<ProvingBacklog, 'gates' | 'batches'> {
    return this.#backlog;
  }

  /** Takes up what an earlier life left. */
  restore(denied: readonly bigint[], backlog: Parameters<ProvingBacklog['restore']>[0]): void {
    for (const hash of denied) this.#denied.add(hash);
    this.#backlog.restore(backlog);
  }

  pending(hash: bigint): SignedTransaction | undefined {
    return this.#lanes.byHash(hash)?.transaction ?? this.#ending.get(hash);
  }

  /** It was accepted and ended as a denial. */
  wasDenied(hash: bigint): boolean {
    return this.#denied.has(hash);
  }

  add(transaction: SignedTransaction, acceptedAt: number): void {
    const hash = bytesToBigInt(transaction.hash);
    this.#lanes.add({ transaction, hash, acceptedAt, sequence: this.#sequence++ });
    this.#backlog.accept(this.#gatesOf(transaction));
  }

  /** It leaves its lane as if it had never come. */
  drop(pending: Pending): void {
    this.#lanes.remove(pending);
    this.#backlog.release(this.#gatesOf(pending.transaction));
  }

  /** It leaves its lane for a denial that is on disk. */
  deny(pending: Pending): void {
    this.drop(pending);
    this.#denied.add(pending.hash);
  }

  /** It leaves its lane for a denial that is still to be written. */
  denyUnwritten(pending: Pending): void {
    this.#ending.set(pending.hash, pending.transaction);
    this.deny(pending);
  }

  /** It leaves its lane for a block of `batch` that is still to be written. */
  include(batch: bigint, pending: Pending): void {
    this.#ending.set(pending.hash, pending.transaction);
    this.#lanes.remove(pending);
    this.#backlog.include(batch, this.#gatesOf(pending.transaction));
  }

  /** What was taken is on disk and can be found there. */
  written(): void {
    this.#ending.clear();
  }

  proven(batch: bigint): void {
    this.#backlog.proven(batch);
  }

  /** The batches from `from` on are taken back; what stood in them is added anew. */
  withdraw(from: bigint): void {
    this.#backlog.withdraw(from);
  }
}
