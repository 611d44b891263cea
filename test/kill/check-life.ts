/** After each restart, from outside: nothing that was answered is lost, nothing that had ended ended again, no block that was seen is another. */

import type { Hash, Hex } from 'viem';
import type { ApiSession } from '../demo/api-session.ts';
import type { Random } from '../policy/random.ts';
import { holdBlock, holdOutcome, type LedgerData, type Outcome } from './ledger.ts';
import type { Customer, People } from './people.ts';
import type { Traffic } from './traffic.ts';

export interface CheckDeps {
  readonly people: People;
  readonly ledger: LedgerData;
  readonly random: Random;
}

/** Asks for every transaction's outcome, as its sender. */
export async function checkOutcomes({ people, ledger }: Omit<CheckDeps, 'random'>): Promise<void> {
  for (const sent of ledger.sent) {
    const { session } = await people.wallet(sent.by as Customer);
    holdOutcome(sent, await session.rpc<Outcome | null>('privity_getOutcome', [sent.hash]), ledger.losses);
  }
}

export async function checkBlocks({ people, ledger }: Omit<CheckDeps, 'random'>): Promise<void> {
  const auditor = await people.auditor();
  for (const number of Object.keys(ledger.blocks).map(Number))
    holdBlock(ledger, number, await hashOf(auditor, `0x${number.toString(16)}`));
}

/** Remembers the newest block. */
export async function noteBlock({ people, ledger }: Omit<CheckDeps, 'random'>): Promise<void> {
  const auditor = await people.auditor();
  const number = await auditor.rpc<Hex>('eth_blockNumber', []);
  const hash = await hashOf(auditor, number);
  holdBlock(ledger, Number(number), hash);
}

const hashOf = async (auditor: ApiSession, number: Hex): Promise<Hash | undefined> =>
  (await auditor.rpc<{ hash: Hash } | null>('eth_getBlockByNumber', [number, false]))?.hash;

/** Sends again some of what got no answer, and one that has ended: the same bytes can never do more than once. */
export async function sendSomeAgain({ ledger, random }: CheckDeps, traffic: Traffic): Promise<void> {
  const lost = ledger.sent.filter(({ answered, unanswered }) => unanswered && !answered);
  for (const sent of lost) if (random.below(2) === 0) await traffic.sendAgain(sent);
  const included = ledger.sent.filter(({ ended }) => ended?.status === 'included');
  if (included.length > 0) await traffic.sendAgain(random.pick(included));
  const denied = ledger.sent.filter(({ ended }) => ended?.status === 'denied');
  if (denied.length === 0) return;
  const sent = random.pick(denied);
  const before = sent.answered;
  sent.answered = false;
  await traffic.sendAgain(sent);
  if (sent.answered) throw new Error(`a denied transaction was accepted again: ${sent.hash}`);
  sent.answered = before;
}
