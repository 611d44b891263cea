import { bytesToHex, type Hex, hexToBytes } from '../base/bytes.ts';
import type { SessionRecord, Store, StoreWrites, UserRecord } from '../store/port.ts';
import type { AccessStores, SessionMethod, StoredSession, StoredWalletToken, User } from './port.ts';
import { isConsoleRole } from './roles.ts';

const PURGED_MAX = 1000;
const SESSION_METHODS: readonly SessionMethod[] = ['oidc', 'siwe', 'application'];

/** What `access` keeps, in the encrypted store. Everything is read once, at the start; after that it is only written. */
export function accessStores(store: Store): AccessStores {
  return {
    users: {
      async all() {
        const wallets = new Map<string, Hex[]>();
        for await (const { userId, address } of store.read.wallets.all()) {
          const linked = wallets.get(userId) ?? [];
          linked.push(bytesToHex(address));
          wallets.set(userId, linked);
        }
        return collect(store.read.users.all(), (record) => readUser(record, wallets.get(record.id) ?? []));
      },
      create: (user) =>
        store.transaction(async (writes) => {
          const { id } = await writes.users.create(userRecord(user));
          await writeWallets(writes, { ...user, id });
          return { ...user, id };
        }),
      update: (user) =>
        store.transaction(async (writes) => {
          await writes.users.update({ ...userRecord(user), id: user.id });
          await writeWallets(writes, user);
        }),
    },
    sessions: {
      all: () => collect(store.read.sessions.all(), readSession),
      put: (session) =>
        store.transaction(async ({ sessions }) => {
          const record = sessionRecord(session);
          const known = await sessions.byTokenHash(record.tokenHash);
          await (known === undefined ? sessions.create(record) : sessions.update(record));
        }),
      touch: (touched) =>
        store.transaction(async ({ sessions }) => {
          for (const record of touched.map(sessionRecord)) {
            if ((await sessions.byTokenHash(record.tokenHash)) !== undefined) await sessions.update(record);
          }
        }),
      delete: (tokenHash) =>
        store.transaction(async ({ sessions }) => void (await sessions.revoke(Buffer.from(tokenHash, 'base64url')))),
    },
    walletTokens: {
      all: () =>
        collect(
          store.read.walletTokens.all(),
          (record): StoredWalletToken => ({
            tokenHash: base64url(record.tokenHash),
            userId: record.userId,
            createdAt: record.createdAt,
            generation: Number(record.extra['generation']),
          }),
        ),
      put: ({ tokenHash, userId, generation, createdAt }) =>
        store.transaction(async ({ walletTokens }) => {
          await walletTokens.revokeAllOf(userId);
          const bytes = Buffer.from(tokenHash, 'base64url');
          await walletTokens.create({ tokenHash: bytes, userId, createdAt, extra: { generation } });
        }),
    },
    consumedNonces: {
      consume: (nonceHash, expiresAt) =>
        store.transaction(({ consumedNonces }) =>
          consumedNonces.consume(Buffer.from(nonceHash, 'base64url'), expiresAt),
        ),
      purge: (now) =>
        store.transaction(async ({ consumedNonces }) => void (await consumedNonces.purgeExpired(now, PURGED_MAX))),
    },
  };
}

async function collect<Row, T>(rows: AsyncIterable<Row>, read: (row: Row) => T): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(read(row));
  return found;
}

function readUser(record: UserRecord, wallets: readonly Hex[]): User {
  const { extra } = record;
  return {
    id: record.id,
    issuer: record.identity?.issuer ?? '',
    subject: record.identity?.subject ?? '',
    source: extra['source'] === 'siwe' ? 'siwe' : 'oidc',
    displayName: record.displayName,
    roles: record.roles.filter(isConsoleRole),
    wallets: wallets.toSorted(),
    disabled: record.disabled,
    createdAt: record.createdAt,
    updatedAt: Number(extra['updatedAt']),
  };
}

function userRecord(user: Omit<User, 'id'>): Omit<UserRecord, 'id'> {
  const { issuer, subject, source, displayName, roles, disabled, createdAt, updatedAt } = user;
  return { identity: { issuer, subject }, displayName, roles, disabled, createdAt, extra: { source, updatedAt } };
}

async function writeWallets(writes: StoreWrites, { id, wallets, updatedAt }: User): Promise<void> {
  const linked = new Set((await writes.wallets.ofUser(id)).map(({ address }) => bytesToHex(address)));
  for (const wallet of linked) if (!wallets.includes(wallet)) await writes.wallets.unlink(hexToBytes(wallet));
  for (const wallet of wallets) {
    if (linked.has(wallet)) continue;
    await writes.wallets.link({ address: hexToBytes(wallet), userId: id, linkedAt: updatedAt, extra: {} });
  }
}

function readSession(record: SessionRecord): StoredSession {
  return {
    tokenHash: base64url(record.tokenHash),
    userId: record.userId,
    // What is not known carries the fewest rights.
    method: SESSION_METHODS.find((method) => method === record.extra['method']) ?? 'application',
    createdAt: record.createdAt,
    expiresAt: record.expiresAt,
    renewableUntil: Number(record.extra['renewableUntil']),
  };
}

const sessionRecord = ({
  tokenHash,
  userId,
  createdAt,
  expiresAt,
  method,
  renewableUntil,
}: StoredSession): SessionRecord => ({
  tokenHash: Buffer.from(tokenHash, 'base64url'),
  userId,
  createdAt,
  expiresAt,
  extra: { method, renewableUntil },
});

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
