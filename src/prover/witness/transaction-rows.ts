/**
 * Rows that one more transaction takes in a segment that already holds others: what marginal cost is made of. A test compares each line with
 * traced batches.
 */

import type { Profile } from './profiles.ts';

type Rows = Readonly<Partial<Record<keyof Profile, number>>>;

/** Both accounts, the signer's IDENTITY and KEY; the recipient's IDENTITY, which the rule looks at. */
const transfer: Rows = { steps: 1, shortSignatures: 1, updatedLeaves: 2, readLeaves: 3 };

export const TRANSACTION_ROWS = {
  /** Between known people, under a rule that looks at the recipient's identity. */
  transfer,
  /** The signer's KEY leaf is new: its keccak, its insertion behind a leaf that is updated, instead of reading it. */
  transferAtFirstUse: { ...transfer, keys: 1, freshLeaves: 1, updatedLeaves: 3, readLeaves: 2 },
  /** The recipient's ACCOUNT is new and its IDENTITY absent: an insertion and a proof of absence, each behind a leaf. */
  transferToNewRecipient: { ...transfer, freshLeaves: 1, absentKeys: 1 },
  /** A rule that also asks that neither side is in a list: a check of the root and an absent LIST leaf for each. */
  transferWithTwoListChecks: { ...transfer, listChecks: 2, absentKeys: 2, readLeaves: 5 },
  withdrawal: { steps: 1, shortSignatures: 1, messages: 1, updatedLeaves: 1, readLeaves: 2 },
} as const satisfies Record<string, Rows>;

export type TransactionKind = keyof typeof TRANSACTION_ROWS;
