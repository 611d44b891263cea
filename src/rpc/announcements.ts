import type { Clock } from '../base/clock.ts';

/** Transactions that clients of the public SDK announced and have not sent yet: the newest of each wallet, for a short time. */
export interface Announcements {
  record(userId: string, wallet: bigint, nonce: number): void;
  /** Whether one waits, for an account whose next nonce is `nonce`. */
  waits(userId: string, wallet: bigint, nonce: bigint): boolean;
}

const holdMs = 60_000;
const announcementsMax = 10_000;

/** In memory and bounded: nothing depends on it but how narrow a wallet URL is meanwhile. */
export function createAnnouncements({ clock }: { readonly clock: Clock }): Announcements {
  const held = new Map<string, { readonly nonce: bigint; readonly until: number }>();
  const keyOf = (userId: string, wallet: bigint) => `${userId} ${wallet}`;
  return {
    record(userId, wallet, nonce) {
      const key = keyOf(userId, wallet);
      held.delete(key);
      held.set(key, { nonce: BigInt(nonce), until: clock.now() + holdMs });
      if (held.size > announcementsMax) held.delete(held.keys().next().value!);
    },
    waits(userId, wallet, nonce) {
      const found = held.get(keyOf(userId, wallet));
      return found !== undefined && found.until > clock.now() && found.nonce >= nonce;
    },
  };
}
