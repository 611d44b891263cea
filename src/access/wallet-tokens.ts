import type { Clock } from '../base/clock.ts';
import { equalConstantTime } from '../base/secret.ts';
import type { AccessKeys } from './access-keys.ts';
import type { StoredWalletToken, UserDirectory, WalletTokenStore, WalletTokens } from './port.ts';
import { mintPrincipal } from './principal.ts';
import { hashToken, isTokenShaped } from './tokens.ts';

/**
 * Tokens for the RPC URL of an unmodified wallet. A token is a MAC of user and generation, so it can be shown again without being stored:
 * the store keeps its hash, and neither the database nor the key alone yields a token that works.
 */
export async function createWalletTokens(deps: {
  store: WalletTokenStore;
  users: UserDirectory;
  keys: AccessKeys;
  clock: Clock;
}): Promise<WalletTokens> {
  const { store, users, keys, clock } = deps;
  const byHash = new Map<string, StoredWalletToken>();
  const byUser = new Map<string, StoredWalletToken>();
  let queue: Promise<unknown> = Promise.resolve();

  const candidates = (userId: string, generation: number): string[] =>
    keys.signAll('wallet-token', userId, String(generation)).map((mac) => Buffer.from(mac).toString('base64url'));
  const forget = (userId: string): void => {
    const known = byUser.get(userId);
    if (known === undefined) return;
    byHash.delete(known.tokenHash);
  };
  const issue = async (userId: string): Promise<string> => {
    const generation = (byUser.get(userId)?.generation ?? 0) + 1;
    forget(userId);
    const token = candidates(userId, generation)[0]!;
    const stored = { tokenHash: hashToken(token), userId, generation, createdAt: clock.now() };
    await store.put(stored);
    byUser.set(userId, stored);
    byHash.set(stored.tokenHash, stored);
    return token;
  };
  const serialize = <T>(task: () => Promise<T>): Promise<T> => {
    const run = queue.then(task);
    queue = run.catch(() => undefined);
    return run;
  };

  for (const stored of await store.all()) {
    byUser.set(stored.userId, stored);
    byHash.set(stored.tokenHash, stored);
  }

  return {
    current: (userId) =>
      serialize(async () => {
        const known = byUser.get(userId);
        const live = known !== undefined && byHash.has(known.tokenHash);
        const token = live
          ? candidates(userId, known.generation).find((candidate) => hashToken(candidate) === known.tokenHash)
          : undefined;
        return token ?? issue(userId);
      }),
    rotate: (userId) => {
      forget(userId);
      return serialize(() => issue(userId));
    },
    find(token) {
      if (!isTokenShaped(token)) return undefined;
      const tokenHash = hashToken(token);
      const stored = byHash.get(tokenHash);
      if (stored === undefined || !equalConstantTime(Buffer.from(stored.tokenHash), Buffer.from(tokenHash)))
        return undefined;
      const user = users.byId(stored.userId);
      return user === undefined || user.disabled ? undefined : mintPrincipal(user, 'wallet-token');
    },
  };
}
