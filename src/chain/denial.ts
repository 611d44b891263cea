/**
 * A signed denial: how an accepted transaction ends when it does not get a receipt (G7). What the sender sees is coarse; the rule and the
 * reason go to compliance. The signature covers a salted hash of the precise part too, so the operator cannot change the reason
 * later and its holder cannot guess it.
 */

import { concatBytes } from '../base/bytes.ts';
import { u64, word32 } from './packed.ts';
import { sha256Word } from './sha256.ts';
import { buildSha256Tree } from './sha256-tree.ts';

export const DENIAL_CODES = ['policy', 'capacity', 'expired', 'replaced', 'invalid', 'revoked'] as const;
export type DenialCode = (typeof DENIAL_CODES)[number];

/** A receipt that was given and does not hold any more: what its holder was shown. */
export interface WithdrawnReceipt {
  readonly block: bigint;
  readonly blockHash: bigint;
  /** Position in the block. */
  readonly index: number;
}

export interface Denial {
  readonly chainId: bigint;
  readonly transactionHash: bigint;
  readonly sender: bigint;
  readonly nonce: bigint;
  readonly code: DenialCode;
  /** Batch in whose denial tree it stands. */
  readonly batch: bigint;
  /** Unix seconds. */
  readonly timestamp: bigint;
  /** For compliance only. */
  readonly ruleId: string;
  readonly reason: string;
  /** Hides rule and reason from whoever holds the signature and guesses. */
  readonly salt: bigint;
  /** With code `revoked` only: the receipt that this denial replaces. */
  readonly withdrawn?: WithdrawnReceipt;
}

export interface SignedDenial extends Denial {
  /** 64 bytes r || s over `denialDigest`. */
  readonly signature: Uint8Array;
}

/**
 * What the signature says of rule and reason. Its holder can check the signature with it, and try no guess against it: the salt is as long as
 * the hash and stays with the operator (ADR 0012).
 */
export const denialDetail = ({ salt, ruleId, reason }: Pick<Denial, 'salt' | 'ruleId' | 'reason'>): bigint =>
  sha256Word(word32(salt), Buffer.from(JSON.stringify([ruleId, reason])));

/** sha256 that is signed. */
export function denialDigest(denial: Denial): bigint {
  const detail = denialDetail(denial);
  const { withdrawn } = denial;
  return sha256Word(
    Buffer.from(withdrawn === undefined ? 'privity denial 1' : 'privity denial 2'),
    u64(denial.chainId),
    word32(denial.transactionHash),
    u64(BigInt(DENIAL_CODES.indexOf(denial.code))),
    u64(denial.batch),
    u64(denial.timestamp),
    word32(detail),
    ...(withdrawn === undefined
      ? []
      : [u64(withdrawn.block), word32(withdrawn.blockHash), u64(BigInt(withdrawn.index))]),
  );
}

/** Root over a batch's signed denials, 0 when there are none. */
export const denialRootOf = (denials: readonly SignedDenial[]): bigint =>
  buildSha256Tree(denials.map((d) => sha256Word(concatBytes(word32(denialDigest(d)), d.signature)))).root;
