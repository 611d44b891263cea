import type {
  AccessStores,
  Act,
  SessionStore,
  StoredSession,
  StoredWalletToken,
  User,
  UserStore,
} from '../../src/access/port.ts';

export interface MemoryAccessStores extends AccessStores {
  /** Tests slow it down. */
  readonly sessions: { -readonly [K in keyof SessionStore]: SessionStore[K] };
  readonly users: { -readonly [K in keyof UserStore]: UserStore[K] };
  /** What a database would hold. */
  readonly rows: {
    readonly users: Map<string, User>;
    readonly sessions: Map<string, StoredSession>;
    readonly walletTokens: Map<string, StoredWalletToken>;
    readonly nonces: Map<string, number>;
    readonly acts: Act[];
  };
}

/** For tests of the access layer alone: every promise takes a turn, as a database would. */
export function memoryAccessStores(acts: Act[] = []): MemoryAccessStores {
  const rows: MemoryAccessStores['rows'] = {
    users: new Map(),
    sessions: new Map(),
    walletTokens: new Map(),
    nonces: new Map(),
    acts,
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
      async update(user, act) {
        await turn();
        if (act !== undefined) acts.push(act);
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
      async delete(tokenHash, act) {
        await turn();
        if (act !== undefined) acts.push(act);
        rows.sessions.delete(tokenHash);
      },
    },
    walletTokens: {
      all: async () => [...rows.walletTokens.values()],
      async put(token, former) {
        await turn();
        if (former !== undefined) rows.walletTokens.delete(former);
        rows.walletTokens.set(token.tokenHash, token);
      },
      async delete(tokenHash) {
        await turn();
        rows.walletTokens.delete(tokenHash);
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
