/** What clients know from outside: what they sent, what was answered, and how each transaction was said to have ended. */

import type { Address, Hash, Hex } from 'viem';

export type Outcome =
  | { readonly status: 'pending' }
  | { readonly status: 'included'; readonly blockNumber: Hex; readonly batchNumber: Hex }
  | { readonly status: 'denied'; readonly denial: { readonly code: string; readonly batchNumber: Hex } };

export interface Sent {
  readonly hash: Hash;
  readonly raw: Hex;
  readonly by: string;
  readonly to: Address;
  /** Wei in decimal: the ledger outlives a run's process as JSON. */
  readonly value: string;
  /** Of the batch clock, when it was sent. */
  readonly slot: number;
  /** The hash was answered: from here on it must have an outcome. */
  answered: boolean;
  /** A request got no answer at all: it may or may not have been accepted. */
  unanswered: boolean;
  /** Receipt or denial as it was first seen. */
  ended?: Exclude<Outcome, { status: 'pending' }>;
}

export interface Deposited {
  readonly by: string;
  readonly hash: Hash;
  readonly value: string;
  readonly slot: number;
}

export interface LedgerData {
  readonly sent: Sent[];
  readonly deposits: Deposited[];
  /** Hashes of blocks as the auditor saw them, by number. */
  readonly blocks: Record<string, Hash>;
}

export const emptyLedger = (): LedgerData => ({ sent: [], deposits: [], blocks: {} });

/** Throws what is wrong with an answer of `privity_getOutcome`, and keeps how the transaction ended. */
export function holdOutcome(sent: Sent, outcome: Outcome | null): void {
  const complain = (what: string): never => {
    throw new Error(`${what}: ${JSON.stringify({ ...sent, raw: undefined, outcome })}`);
  };
  if (outcome === null) {
    if (sent.answered || sent.ended !== undefined) complain('an accepted transaction is unknown');
    return;
  }
  if (!sent.answered && !sent.unanswered) complain('a refused transaction has an outcome');
  if (outcome.status === 'pending') {
    if (sent.ended !== undefined) complain('a transaction that had ended waits again');
    return;
  }
  const ended = strip(outcome);
  if (sent.ended !== undefined && JSON.stringify(sent.ended) !== JSON.stringify(ended)) complain('another outcome');
  sent.ended = ended;
}

/** Without finality and the time of a denial. */
const strip = (outcome: Exclude<Outcome, { status: 'pending' }>): Exclude<Outcome, { status: 'pending' }> =>
  outcome.status === 'included'
    ? { status: 'included', blockNumber: outcome.blockNumber, batchNumber: outcome.batchNumber }
    : { status: 'denied', denial: { code: outcome.denial.code, batchNumber: outcome.denial.batchNumber } };
