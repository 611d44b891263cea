import { FLAG_FROZEN } from './constants.ts';
import type { Word } from './word.ts';

/** What an IDENTITY leaf says of an address: what it may sign. */
export interface Identity {
  /** Role bits, 128. */
  readonly roles: bigint;
  readonly flags: bigint;
  /** Unix seconds after which no role is held; 0 for never. */
  readonly expiry: bigint;
}

const U64 = (1n << 64n) - 1n;

export const decodeIdentity = ({ hi, lo }: Word): Identity => ({ roles: lo, flags: hi >> 64n, expiry: hi & U64 });

export const encodeIdentity = ({ roles, flags, expiry }: Identity): Word => ({
  hi: (flags << 64n) | expiry,
  lo: roles,
});

export const isFrozen = (identity: Identity): boolean => (identity.flags & FLAG_FROZEN) !== 0n;

/** True when one role of `mask` is held at `timestamp` (unix seconds): not frozen, not expired (docs/PROTOCOL.md 4). */
export function holdsRole(identity: Identity, mask: bigint, timestamp: bigint): boolean {
  const expired = identity.expiry !== 0n && identity.expiry < timestamp;
  return !expired && !isFrozen(identity) && (identity.roles & mask) !== 0n;
}
