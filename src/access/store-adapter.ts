import { bytesToHex, type Hex, hexToBytes } from '../base/bytes.ts';
import type { SessionRecord, Store, StoreWrites, UserRecord, WalletTokenRecord } from '../store/port.ts';
import type { AccessStores, Act, SessionMethod, StoredSession, StoredWalletToken, User } from './port.ts';
import { isConsoleRole } from './roles.ts';

const PURGED_MAX = 1000;
const SESSION_METHODS: readonly SessionMethod[] = ['oidc', 'siwe', 'application'];

/** Writes an act and its row of the audit log in one transaction. */
export type RecordWith = (act: Act, work: (writes: StoreWrites) => Promise<void>) => Promise<void>;

/** What `access` keeps, in the encrypted store. Everything is read once, at the start; after that it is only written. */
export function accessStores(store: Store, recordWith: RecordWith): AccessStores {
  const commit = (act: Act | undefined, work: (writes: StoreWrites) => Promise<void>): Promise<void> =>
    act === undefined ? store.transaction(work) : recordWith(act, work);
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
      update: (user, act) =>
        commit(act, async (writes) => {
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
      delete: (tokenHash, act) =>
        commit(act, async ({ sessions }) => void (await sessions.revoke(Buffer.from(tokenHash, 'base64url')))),
    },
    walletTokens: {
      all: () => collect(store.read.walletTokens.all(), readWalletToken),
      put: ({ tokenHash, userId, createdAt, ...extra }, former) =>
        store.transaction(async ({ walletTokens }) => {
          if (former !== undefined) await walletTokens.revoke(Buffer.from(former, 'base64url'));
          await walletTokens.create({ tokenHash: Buffer.from(tokenHash, 'base64url'), userId, createdAt, extra });
        }),
      delete: (tokenHash) =>
        store.transaction(
          async ({ walletTokens }) => void (await walletTokens.revoke(Buffer.from(tokenHash, 'base64url'))),
        ),
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
    generation: Number(extra['generation'] ?? 0),
    createdAt: record.createdAt,
    updatedAt: Number(extra['updatedAt']),
  };
}

function userRecord(user: Omit<User, 'id'>): Omit<UserRecord, 'id'> {
  const { issuer, subject, source, displayName, roles, disabled, createdAt, updatedAt, generation } = user;
  const extra = { source, updatedAt, generation };
  return { identity: { issuer, subject }, displayName, roles, disabled, createdAt, extra };
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
  const { extra } = record;
  return {
    tokenHash: base64url(record.tokenHash),
    id: String(extra['id']),
    userId: record.userId,
    generation: generationOf(extra),
    // What is not known carries the fewest rights.
    method: SESSION_METHODS.find((method) => method === extra['method']) ?? 'application',
    application: optionalText(extra['application']),
    createdAt: record.createdAt,
    lastUsedAt: Number(extra['lastUsedAt']),
    expiresAt: record.expiresAt,
    renewableUntil: Number(extra['renewableUntil']),
  };
}

const sessionRecord = ({ tokenHash, userId, createdAt, expiresAt, ...extra }: StoredSession): SessionRecord => ({
  tokenHash: Buffer.from(tokenHash, 'base64url'),
  userId,
  createdAt,
  expiresAt,
  extra,
});

const readWalletToken = ({ tokenHash, userId, createdAt, extra }: WalletTokenRecord): StoredWalletToken => ({
  tokenHash: base64url(tokenHash),
  id: String(extra['id']),
  userId,
  generation: generationOf(extra),
  sessionId: optionalText(extra['sessionId']),
  createdAt,
  expiresAt: Number(extra['expiresAt']),
});

/** Rows of before there were ids belong to no generation: what they opened ends with the update. */
const generationOf = (extra: Readonly<Record<string, unknown>>): number =>
  typeof extra['id'] === 'string' ? Number(extra['generation']) : -1;

const optionalText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
