import type { AccessStores, SessionStore, StoredSession, StoredWalletToken, User } from '../../src/access/port.ts';

export interface MemoryAccessStores extends AccessStores {
  /** Tests slow it down. */
  readonly sessions: { -readonly [K in keyof SessionStore]: SessionStore[K] };
  /** What a database would hold. */
  readonly rows: {
    readonly users: Map<string, User>;
    readonly sessions: Map<string, StoredSession>;
    readonly walletTokens: Map<string, StoredWalletToken>;
    readonly nonces: Map<string, number>;
  };
}

/** For tests of the access layer alone: every promise takes a turn, as a database would. */
export function memoryAccessStores(): MemoryAccessStores {
  const rows: MemoryAccessStores['rows'] = {
    users: new Map(),
    sessions: new Map(),
    walletTokens: new Map(),
    nonces: new Map(),
  };
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    rows,
    users: {
      all: async () => [...rows.users.values()],
      async create(user) {
        await turn();
        const created = { ...user, id: (rows.users.size + 1).toString(16).padStart(32, '0') };
        rows.users.set(created.id, created);
        return created;
      },
      async update(user) {
        await turn();
        rows.users.set(user.id, user);
      },
    },
    sessions: {
      all: async () => [...rows.sessions.values()],
      async put(session) {
        await turn();
        rows.sessions.set(session.tokenHash, session);
      },
      async touch(sessions) {
        await turn();
        for (const session of sessions)
          if (rows.sessions.has(session.tokenHash)) rows.sessions.set(session.tokenHash, session);
      },
      async delete(tokenHash) {
        await turn();
        rows.sessions.delete(tokenHash);
      },
    },
    walletTokens: {
      all: async () => [...rows.walletTokens.values()],
      async put(token) {
        await turn();
        rows.walletTokens.set(token.userId, token);
      },
    },
    consumedNonces: {
      async consume(nonceHash, expiresAt) {
        await turn();
        if (rows.nonces.has(nonceHash)) return false;
        rows.nonces.set(nonceHash, expiresAt);
        return true;
      },
      async purge(now) {
        await turn();
        for (const [hash, expiresAt] of rows.nonces) if (expiresAt <= now) rows.nonces.delete(hash);
      },
    },
  };
}
