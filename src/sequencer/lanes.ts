import type { SignedTransaction } from '../chain/transaction.ts';

/** An accepted transaction that has no outcome yet. */
export interface Pending {
  readonly transaction: SignedTransaction;
  readonly hash: bigint;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
  /** Position in the order of acceptance. */
  readonly sequence: number;
}

/**
 * Accepted transactions by sender and nonce. A lane is ready while its lowest nonce is the account's next; ready lanes are served in order
 * of acceptance, so one sender cannot starve another.
 */
export class Lanes {
  readonly #lanes = new Map<bigint, Map<bigint, Pending>>();
  readonly #byHash = new Map<bigint, Pending>();

  get size(): number {
    return this.#byHash.size;
  }

  byHash(hash: bigint): Pending | undefined {
    return this.#byHash.get(hash);
  }

  at(sender: bigint, nonce: bigint): Pending | undefined {
    return this.#lanes.get(sender)?.get(nonce);
  }

  laneSize(sender: bigint): number {
    return this.#lanes.get(sender)?.size ?? 0;
  }

  /** Wei that the sender's waiting transactions may take in all. */
  reserved(sender: bigint): bigint {
    let sum = 0n;
    for (const { transaction } of this.#lanes.get(sender)?.values() ?? []) sum += maxCost(transaction);
    return sum;
  }

  /** The nonce after the run of waiting nonces that starts at `next`. */
  nextNonce(sender: bigint, next: bigint): bigint {
    const lane = this.#lanes.get(sender);
    let nonce = next;
    while (lane?.has(nonce)) nonce += 1n;
    return nonce;
  }

  add(pending: Pending): void {
    const { sender, nonce } = pending.transaction;
    let lane = this.#lanes.get(sender);
    if (lane === undefined) {
      lane = new Map();
      this.#lanes.set(sender, lane);
    }
    const replaced = lane.get(nonce);
    if (replaced !== undefined) this.#byHash.delete(replaced.hash);
    lane.set(nonce, pending);
    this.#byHash.set(pending.hash, pending);
  }

  remove(pending: Pending): void {
    const { sender, nonce } = pending.transaction;
    const lane = this.#lanes.get(sender);
    if (lane?.get(nonce)?.hash !== pending.hash) return;
    lane.delete(nonce);
    if (lane.size === 0) this.#lanes.delete(sender);
    this.#byHash.delete(pending.hash);
  }

  /** First transaction of each lane whose nonce is the account's next, oldest first. */
  ready(nonceOf: (sender: bigint) => bigint): Pending[] {
    const found: Pending[] = [];
    for (const [sender, lane] of this.#lanes) {
      const first = lane.get(nonceOf(sender));
      if (first !== undefined) found.push(first);
    }
    return found.sort((a, b) => a.sequence - b.sequence);
  }

  all(): IterableIterator<Pending> {
    return this.#byHash.values();
  }
}

export const maxCost = (tx: SignedTransaction): bigint => tx.value + tx.gasLimit * tx.maxFeePerGas;
