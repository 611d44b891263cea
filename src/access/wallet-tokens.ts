import type { Clock } from '../base/clock.ts';
import { equalConstantTime } from '../base/secret.ts';
import type { AccessKeys } from './access-keys.ts';
import { accessError } from './errors.ts';
import type {
  Log,
  Random,
  Session,
  SessionTable,
  StoredWalletToken,
  UserDirectory,
  WalletGrant,
  WalletToken,
  WalletTokenStore,
  WalletTokens,
} from './port.ts';
import { hasAccess, mintPrincipal } from './principal.ts';
import { hashToken, isTokenShaped, newId } from './tokens.ts';

export interface WalletTokenOptions {
  /** From when a token is made. An application's ends with its session, if that is sooner. */
  readonly lifetimeMs: number;
}

/**
 * Tokens for the RPC URL of an unmodified wallet: one for the person, and one for each application's session, which neither reads nor replaces
 * the person's. A token is a MAC of user and id, so it can be shown again without being stored: the store keeps its hash, and neither the
 * database nor the key alone yields a token that works.
 */
export async function createWalletTokens(
  options: WalletTokenOptions,
  deps: {
    store: WalletTokenStore;
    users: UserDirectory;
    sessions: Pick<SessionTable, 'byId' | 'use' | 'onEnd'>;
    keys: AccessKeys;
    clock: Clock;
    random: Random;
    log: Log;
  },
): Promise<WalletTokens> {
  const { store, users, sessions, keys, clock, random, log } = deps;
  const byHash = new Map<string, StoredWalletToken>();
  const byGrant = new Map<string, StoredWalletToken>();
  const byUser = new Map<string, Set<StoredWalletToken>>();
  let queue: Promise<unknown> = Promise.resolve();

  const candidates = ({ userId, id }: Pick<StoredWalletToken, 'userId' | 'id'>): string[] =>
    keys.signAll('wallet-token', userId, id).map((mac) => Buffer.from(mac).toString('base64url'));
  const add = (stored: StoredWalletToken): void => {
    byHash.set(stored.tokenHash, stored);
    byGrant.set(keyOf(stored), stored);
    byUser.set(stored.userId, (byUser.get(stored.userId) ?? new Set()).add(stored));
  };
  const drop = (stored: StoredWalletToken): void => {
    byHash.delete(stored.tokenHash);
    if (byGrant.get(keyOf(stored)) === stored) byGrant.delete(keyOf(stored));
    const own = byUser.get(stored.userId);
    own?.delete(stored);
    if (own?.size === 0) byUser.delete(stored.userId);
  };
  const serialize = <T>(task: () => Promise<T>): Promise<T> => {
    const run = queue.then(task);
    queue = run.catch(() => undefined);
    return run;
  };
  const remove = (stored: StoredWalletToken): Promise<void> => {
    drop(stored);
    return serialize(() => store.delete(stored.tokenHash));
  };
  const removeLater = (stored: StoredWalletToken): void => {
    remove(stored).catch((error: unknown) => log.error({ err: error }, 'wallet_token.delete_failed'));
  };
  /** The user, when the token stands as of now. Asking for an application's session by `use` is a use of that session. */
  const ownerOf = (stored: StoredWalletToken, session: (id: string) => Session | undefined) => {
    const user = users.byId(stored.userId);
    const stands =
      hasAccess(user) &&
      stored.generation === user.generation &&
      stored.expiresAt > clock.now() &&
      (stored.sessionId === undefined || session(stored.sessionId)?.userId === user.id);
    return stands ? user : undefined;
  };
  const isLive = (stored: StoredWalletToken): boolean => ownerOf(stored, sessions.byId) !== undefined;

  const generationOf = ({ userId }: WalletGrant) => users.byId(userId)?.generation;

  /** `asked` is the user's generation when the token was asked for: what ended everything before its turn came ends it too. */
  const issue = async (
    { userId, sessionId }: WalletGrant,
    former: StoredWalletToken | undefined,
    asked: number | undefined,
  ) => {
    const user = users.byId(userId);
    if (!hasAccess(user) || user.generation !== asked) throw accessError('LOGIN_NOT_PERMITTED', 'no access, or ended');
    const id = newId(random);
    const token = candidates({ userId, id })[0]!;
    const createdAt = clock.now();
    const sessionEnd = sessionId === undefined ? undefined : sessions.byId(sessionId)?.renewableUntil;
    const stored: StoredWalletToken = {
      tokenHash: hashToken(token),
      id,
      userId,
      generation: user.generation,
      sessionId,
      createdAt,
      expiresAt: Math.min(createdAt + options.lifetimeMs, sessionEnd ?? Number.POSITIVE_INFINITY),
    };
    await store.put(stored, former?.tokenHash);
    if (!isLive(stored)) {
      // Ended while it was written.
      await store.delete(stored.tokenHash);
      throw accessError('LOGIN_NOT_PERMITTED', 'ended meanwhile');
    }
    add(stored);
    return { token, expiresAt: stored.expiresAt };
  };
  const current = (grant: WalletGrant): Promise<WalletToken> => {
    const asked = generationOf(grant);
    return serialize(async () => {
      const known = byGrant.get(keyOf(grant));
      const token =
        known !== undefined && known.generation === asked && isLive(known)
          ? candidates(known).find((candidate) => hashToken(candidate) === known.tokenHash)
          : undefined;
      if (known !== undefined && token !== undefined) return { token, expiresAt: known.expiresAt };
      if (known !== undefined) drop(known);
      return issue(grant, known, asked);
    });
  };

  for (const stored of await store.all()) {
    if (isLive(stored)) add(stored);
    else await store.delete(stored.tokenHash);
  }
  sessions.onEnd(({ id, userId }) => {
    const stored = byGrant.get(keyOf({ userId, sessionId: id }));
    if (stored !== undefined) removeLater(stored);
  });
  users.onChange(({ id }) => {
    for (const stored of [...(byUser.get(id) ?? [])]) if (!isLive(stored)) removeLater(stored);
  });

  return {
    current,
    rotate(grant) {
      const former = byGrant.get(keyOf(grant));
      const asked = generationOf(grant);
      if (former !== undefined) drop(former);
      return serialize(async () => {
        // One that was made while this waited.
        const present = byGrant.get(keyOf(grant)) ?? former;
        if (present !== undefined) drop(present);
        try {
          return await issue(grant, present, asked);
        } catch (error) {
          // Or it would be back after a restart.
          if (present !== undefined) await store.delete(present.tokenHash);
          throw error;
        }
      });
    },
    ofUser: (userId) => [...(byUser.get(userId) ?? [])].filter(isLive).map(({ tokenHash: _, ...view }) => view),
    async revoke(userId, id) {
      const stored = [...(byUser.get(userId) ?? [])].find((each) => each.id === id);
      if (stored === undefined) return false;
      await remove(stored);
      return true;
    },
    find(token) {
      if (!isTokenShaped(token)) return undefined;
      const tokenHash = hashToken(token);
      const stored = byHash.get(tokenHash);
      if (stored === undefined || !equalConstantTime(Buffer.from(stored.tokenHash), Buffer.from(tokenHash)))
        return undefined;
      const user = ownerOf(stored, sessions.use);
      return user === undefined ? undefined : mintPrincipal(user, 'wallet-token');
    },
    async sweep() {
      for (const stored of [...byHash.values()]) if (!isLive(stored)) await remove(stored);
    },
  };
}

const keyOf = ({ userId, sessionId }: WalletGrant): string => `${userId} ${sessionId ?? ''}`;
