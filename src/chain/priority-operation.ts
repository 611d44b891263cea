import { type BridgeDomain, packBridgeDomain } from './bridge-domain.ts';
import type { PRIORITY_KIND } from './constants.ts';
import { address20, u8, u64, word32 } from './packed.ts';
import { sha256Word } from './sha256.ts';

export type PriorityKind = (typeof PRIORITY_KIND)[keyof typeof PRIORITY_KIND];

/** An operation that L1 queued for the chain (docs/PROTOCOL.md 7). */
export interface PriorityOperation {
  /** 0-based position in L1's queue. */
  readonly index: bigint;
  readonly kind: PriorityKind;
  /** L1 msg.sender of the request. */
  readonly sender: bigint;
  readonly a: bigint;
  readonly b: bigint;
}

/** The roll after `operation`; it is also the operation's hash. `roll` before the first operation is 0. */
export const rollPriority = (roll: bigint, domain: BridgeDomain, operation: PriorityOperation): bigint =>
  sha256Word(
    word32(roll),
    packBridgeDomain(domain),
    u64(operation.index),
    u8(operation.kind),
    address20(operation.sender),
    word32(operation.a),
    word32(operation.b),
  );
