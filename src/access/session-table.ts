import type { Clock } from '../base/clock.ts';
import { equalConstantTime } from '../base/secret.ts';
import { accessError } from './errors.ts';
import type {
  Act,
  Log,
  Principal,
  Random,
  Session,
  SessionStore,
  SessionTable,
  StoredSession,
  User,
  UserDirectory,
} from './port.ts';
import { hasAccess, mintPrincipal } from './principal.ts';
import { hashToken, isTokenShaped, newId, newToken } from './tokens.ts';

export interface SessionOptions {
  readonly idleMs: number;
  readonly absoluteMs: number;
  /** The oldest session of a user ends when there would be more. */
  readonly sessionsPerUserMax: number;
  /** How stale the stored idle limit may be: what a restart may shorten a session by. */
  readonly touchPersistMs: number;
}

const touchedPerWriteMax = 50;

interface Entry {
  stored: StoredSession;
  /** Whom `principal` was minted of. */
  user: User;
  principal: Principal;
  readonly hashBytes: Uint8Array;
  persistedExpiresAt: number;
}

/**
 * All live sessions, in memory and written through. Nothing is cached beside this table, so nothing outlives a revocation. Several gateways
 * over one database would need to hear of each other's revocations before this table may be used in more than one process.
 */
export async function createSessionTable(
  options: SessionOptions,
  deps: { store: SessionStore; users: UserDirectory; clock: Clock; random: Random; log: Log },
): Promise<SessionTable> {
  const { store, users, clock, random, log } = deps;
  const entries = new Map<string, Entry>();
  const touched = new Map<string, StoredSession>();
  let writing: Promise<void> | undefined;
  const hashesOf = new Map<string, Set<string>>();
  const hashOfId = new Map<string, string>();
  const listeners: ((session: StoredSession) => void)[] = [];

  const add = (stored: StoredSession, user: User): Entry => {
    const entry: Entry = {
      stored,
      user,
      principal: mintPrincipal(user, stored.method),
      hashBytes: Buffer.from(stored.tokenHash, 'base64url'),
      persistedExpiresAt: stored.expiresAt,
    };
    entries.set(stored.tokenHash, entry);
    hashOfId.set(stored.id, stored.tokenHash);
    const hashes = hashesOf.get(stored.userId) ?? new Set();
    hashesOf.set(stored.userId, hashes.add(stored.tokenHash));
    return entry;
  };
  const drop = (tokenHash: string): void => {
    const entry = entries.get(tokenHash);
    if (entry === undefined) return;
    entries.delete(tokenHash);
    touched.delete(tokenHash);
    hashOfId.delete(entry.stored.id);
    const hashes = hashesOf.get(entry.stored.userId);
    hashes?.delete(tokenHash);
    if (hashes?.size === 0) hashesOf.delete(entry.stored.userId);
    for (const listener of listeners) listener(entry.stored);
  };
  const remove = (tokenHash: string, act?: Act): Promise<void> => {
    drop(tokenHash);
    return store.delete(tokenHash, act);
  };
  const removeLater = (hashes: readonly string[]): void => {
    removeAll(hashes).catch((error: unknown) => log.error({ err: error }, 'session.delete_failed'));
  };
  const removeAll = async (hashes: readonly string[]): Promise<void> => {
    for (const hash of hashes) drop(hash);
    await Promise.all(hashes.map((hash) => store.delete(hash)));
  };
  const view = (entry: Entry): Session => ({ ...entry.stored, principal: entry.principal });
  const stands = (stored: StoredSession, user: User | undefined): user is User =>
    hasAccess(user) && stored.generation === user.generation && stored.expiresAt > clock.now();
  /** The entry of a session that lives as of now, for the user as they are now. */
  const live = (tokenHash: string | undefined): Entry | undefined => {
    const entry = tokenHash === undefined ? undefined : entries.get(tokenHash);
    if (entry === undefined) return undefined;
    const user = users.byId(entry.stored.userId);
    if (!stands(entry.stored, user)) {
      removeLater([entry.stored.tokenHash]);
      return undefined;
    }
    if (entry.user !== user) {
      entry.user = user;
      entry.principal = mintPrincipal(user, entry.stored.method);
    }
    return entry;
  };
  const used = (entry: Entry): Session => {
    entry.stored = slid(entry.stored, clock.now());
    if (entry.stored.expiresAt - entry.persistedExpiresAt >= options.touchPersistMs) {
      entry.persistedExpiresAt = entry.stored.expiresAt;
      touch(entry.stored);
    }
    return view(entry);
  };
  const slid = (stored: StoredSession, now: number): StoredSession => ({
    ...stored,
    lastUsedAt: now,
    expiresAt: Math.min(now + options.idleMs, stored.renewableUntil),
  });

  // Not waiting for the next use: what belongs to a session ends with it.
  users.onChange((user) => {
    const ended = [...(hashesOf.get(user.id) ?? [])].filter((hash) => !stands(entries.get(hash)!.stored, user));
    if (ended.length > 0) removeLater(ended);
  });

  for (const stored of (await store.all()).toSorted((a, b) => a.createdAt - b.createdAt)) {
    const user = users.byId(stored.userId);
    if (stands(stored, user)) add(stored, user);
    else await store.delete(stored.tokenHash);
  }

  return {
    get size() {
      return entries.size;
    },

    async open(user, method, application, notAfter = Number.POSITIVE_INFINITY) {
      const token = newToken(random);
      const now = clock.now();
      const stored = slid(
        {
          tokenHash: hashToken(token),
          id: newId(random),
          userId: user.id,
          generation: user.generation,
          method,
          application,
          createdAt: now,
          lastUsedAt: now,
          expiresAt: 0,
          renewableUntil: Math.min(now + options.absoluteMs, notAfter),
        },
        now,
      );
      await store.put(stored);
      const current = users.byId(user.id);
      if (!stands(stored, current)) {
        await store.delete(stored.tokenHash);
        throw accessError('LOGIN_NOT_PERMITTED', 'disabled, or sessions ended, during login');
      }
      const entry = add(stored, current);
      const surplus = [...hashesOf.get(user.id)!].slice(0, -options.sessionsPerUserMax);
      await removeAll(surplus);
      return { token, session: view(entry) };
    },

    find(token) {
      if (!isTokenShaped(token)) return undefined;
      const tokenHash = hashToken(token);
      const entry = entries.get(tokenHash);
      if (entry === undefined || !equalConstantTime(entry.hashBytes, Buffer.from(tokenHash, 'base64url')))
        return undefined;
      return live(tokenHash) && used(entry);
    },

    use(id) {
      const entry = live(hashOfId.get(id));
      return entry && used(entry);
    },
    byId(id) {
      const entry = live(hashOfId.get(id));
      return entry && view(entry);
    },
    ofUser: (userId) =>
      [...(hashesOf.get(userId) ?? [])]
        .flatMap((hash) => live(hash) ?? [])
        .map(view)
        .reverse(),

    async extend(session) {
      const entry = live(session.tokenHash);
      const now = clock.now();
      if (entry === undefined) throw accessError('SESSION_NOT_EXTENDABLE', 'dead');
      if (entry.stored.renewableUntil <= now) throw accessError('SESSION_NOT_EXTENDABLE');
      entry.stored = slid(entry.stored, now);
      entry.persistedExpiresAt = entry.stored.expiresAt;
      await touch(entry.stored);
      return view(entry);
    },

    onEnd: (listener) => void listeners.push(listener),
    revoke: remove,
    async revokeOthers({ tokenHash }, act) {
      const kept = live(tokenHash);
      if (kept === undefined) throw accessError('LOGIN_NOT_PERMITTED', 'the session ended meanwhile');
      // The generation that everything else ends by: a kill between the two writes ends this one too, and brings none back.
      kept.stored = { ...kept.stored, generation: kept.user.generation + 1 };
      await users.endSessions(kept.stored.userId, act);
      await touch(kept.stored);
    },
    sweep: () => {
      const now = clock.now();
      return removeAll(
        [...entries.values()].filter(({ stored }) => stored.expiresAt <= now).map(({ stored }) => stored.tokenHash),
      );
    },
  };

  /**
   * Writes idle limits behind, many in one transaction: whoever logged in together is due together, and a transaction each would hold up
   * everything else that is written.
   */
  function touch(stored: StoredSession): Promise<void> {
    touched.set(stored.tokenHash, stored);
    writing ??= writeTouched().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  async function writeTouched(): Promise<void> {
    while (touched.size > 0) {
      const some = [...touched.values()].slice(0, touchedPerWriteMax);
      for (const { tokenHash } of some) touched.delete(tokenHash);
      await store.touch(some).catch((error: unknown) => log.error({ err: error }, 'session.touch_failed'));
    }
  }
}
