/** What clients know from outside: what they sent, what was answered, and how each transaction was said to have ended. */

import type { Address, Hash, Hex } from 'viem';
import type { Customer } from './people.ts';

export type Outcome =
  | { readonly status: 'pending' }
  | { readonly status: 'included'; readonly blockNumber: Hex; readonly batchNumber: Hex }
  | { readonly status: 'denied'; readonly denial: Denied };

export type Ended = Exclude<Outcome, { status: 'pending' }>;

interface Denied {
  readonly code: string;
  readonly batchNumber: Hex;
  /** The receipt that this denial takes back. */
  readonly withdrawn?: { readonly blockNumber: Hex };
}

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
  /** Receipt or denial as it was seen last. */
  ended?: Ended;
  /** The first loss that may still take that back. */
  since?: number;
}

/** A deposit that Ethereum was made to lose: what stands in a later block may be taken back for it, once (ADR 0014). */
export interface Loss {
  readonly afterBlock: number;
  readonly by: Customer;
  /** Wei in decimal: a balance below does not have the deposit. */
  readonly above: string;
  /** Everything has been executed again. */
  over: boolean;
}

export interface SeenBlock {
  readonly hash: Hash;
  /** The first loss that may still take it back. */
  readonly since: number;
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
  /** As the auditor saw them, by number. */
  readonly blocks: Record<string, SeenBlock>;
  readonly losses: Loss[];
}

export const emptyLedger = (): LedgerData => ({ sent: [], deposits: [], blocks: {}, losses: [] });

/** What is seen now can only be taken back for these and later losses. */
const countOver = (losses: readonly Loss[]): number => losses.filter(({ over }) => over).length;

/** Which loss may take back what was seen in a block; -1 when none may. */
const takenFor = (losses: readonly Loss[], since: number, block: number): number =>
  losses.findIndex(({ afterBlock }, i) => i >= since && afterBlock < block);

/** Throws when a block that was seen is another now, and nothing has taken it back. Undefined: it is not there. */
export function holdBlock({ blocks, losses }: LedgerData, number: number, hash: Hash | undefined): void {
  const { hash: before, since } = blocks[number] ?? { hash, since: 0 };
  if (before === hash) {
    if (hash !== undefined) blocks[number] = { hash, since: Math.max(since, countOver(losses)) };
    return;
  }
  const loss = takenFor(losses, since, number);
  if (loss < 0) throw new Error(`block ${number} was ${before} and is ${hash}`);
  // It may be about to be executed again.
  if (hash === undefined) delete blocks[number];
  else blocks[number] = { hash, since: loss + 1 };
}

/** Throws what is wrong with an answer of `privity_getOutcome`, and keeps how the transaction ended. */
export function holdOutcome(sent: Sent, outcome: Outcome | null, losses: readonly Loss[] = []): void {
  const complain = (what: string): never => {
    throw new Error(`${what}: ${JSON.stringify({ ...sent, raw: undefined, outcome })}`);
  };
  if (outcome === null) {
    if (sent.answered || sent.ended !== undefined) complain('an accepted transaction is unknown');
    return;
  }
  if (!sent.answered && !sent.unanswered) complain('a refused transaction has an outcome');
  if (outcome.status === 'pending') {
    if (sent.ended !== undefined && taking(sent, losses) < 0) complain('a transaction that had ended waits again');
    return;
  }
  const ended = strip(outcome);
  if (sent.ended === undefined || JSON.stringify(sent.ended) === JSON.stringify(ended)) {
    sent.since = Math.max(sent.since ?? 0, countOver(losses));
  } else {
    const loss = taking(sent, losses);
    if (loss < 0) complain('another outcome');
    if (!namesReceipt(ended, sent.ended)) complain('a receipt is taken back by what does not name it');
    sent.since = loss + 1;
  }
  sent.ended = ended;
}

const taking = ({ ended, since = 0 }: Sent, losses: readonly Loss[]): number =>
  ended?.status === 'included' ? takenFor(losses, since, Number(ended.blockNumber)) : -1;

/** Only a receipt again, or a denial that names the one there was. */
const namesReceipt = (now: Ended, before: Ended): boolean =>
  now.status === 'included' ||
  (before.status === 'included' &&
    now.denial.code === 'revoked' &&
    now.denial.withdrawn?.blockNumber === before.blockNumber);

/** Without finality and the time of a denial. */
function strip(outcome: Ended): Ended {
  if (outcome.status === 'included') {
    const { status, blockNumber, batchNumber } = outcome;
    return { status, blockNumber, batchNumber };
  }
  const { code, batchNumber, withdrawn } = outcome.denial;
  const receipt = withdrawn === undefined ? {} : { withdrawn: { blockNumber: withdrawn.blockNumber } };
  return { status: 'denied', denial: { code, batchNumber, ...receipt } };
}
