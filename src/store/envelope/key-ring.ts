import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import { storeError } from '../errors.ts';
import { type Database, SEALED_TABLES, type WriteHandle } from '../schema.ts';
import { associatedData } from './associated-data.ts';
import type { Kek } from './kek.ts';
import type { DataKey, RandomBytes } from './record-cipher.ts';

/** Keys that seal records: versioned, rotated online. */
export const RECORD_PURPOSES = [...SEALED_TABLES, 'log', 'log_head', 'jobs', 'freshness'] as const;

/**
 * Keys that only authenticate or index, and that of the anchor file. They are not rotated with the data keys: what they made is compared with what they will make, so
 * a new one means writing every index again. They too are wrapped by the KEK, and KEK rotation rewraps them.
 */
export const FIXED_PURPOSES = ['blind_index', 'log_chain', 'freshness_sum', 'anchor'] as const;

export type RecordPurpose = (typeof RECORD_PURPOSES)[number];
export type FixedPurpose = (typeof FIXED_PURPOSES)[number];
export type KeyPurpose = RecordPurpose | FixedPurpose;

const KEY_BYTES = 32;

export interface KeyRing {
  readonly storeId: Uint8Array;
  /** The key that new records of this purpose are sealed with. */
  active(purpose: KeyPurpose): DataKey;
  /** Throws STORE_KEY_MISSING. */
  version(purpose: KeyPurpose, version: number): DataKey;
  /** HMAC-SHA256 under a key of its own for `label`. */
  blindIndex(label: string, value: Uint8Array | string): Buffer;
  /** Adds a version and makes it the active one. The older versions stay until `dropRetired`. */
  rotate(purpose: RecordPurpose): Promise<number>;
  /** Forgets all but the active version; the caller has made sure that no record needs them. */
  dropRetired(purpose: RecordPurpose): Promise<void>;
  /** Wraps every key under `next` in one transaction. */
  rewrap(next: Kek): Promise<void>;
  /** The present KEK. */
  kek(): Kek;
  /** The present one and those that older wrappings may need. */
  keks(): readonly Kek[];
}

export interface KeyRingDeps {
  readonly db: Database;
  readonly kek: Kek;
  /** Former KEKs, for keys that an interrupted rotation has not reached. */
  readonly previousKeks: readonly Kek[];
  readonly random: RandomBytes;
}

const contextOf = (storeId: Uint8Array, purpose: string, version: number) =>
  associatedData('privity data key', storeId, purpose, version);

export async function openKeyRing(deps: KeyRingDeps): Promise<KeyRing> {
  const { db, random } = deps;
  let kek = deps.kek;
  const known = new Map([...deps.previousKeks, kek].map((each) => [each.id, each]));
  await createIfNew(deps);
  const storeId = await readStoreId(db);
  const keys = new Map<string, KeyObject>();
  const activeVersions = new Map<string, number>();

  const unwrap = (row: { purpose: string; version: number; kek_id: string; wrapped: Uint8Array }) => {
    const wrapper = known.get(row.kek_id);
    if (wrapper === undefined) throw storeError('STORE_KEK_WRONG', `the store is wrapped under KEK ${row.kek_id}`);
    return wrapper.unwrap(row.wrapped, contextOf(storeId, row.purpose, row.version));
  };
  for (const row of await db.selectFrom('data_keys').selectAll().orderBy('version').execute()) {
    keys.set(`${row.purpose}/${row.version}`, createSecretKey((await unwrap(row)).reveal()));
    if (row.state === 'active') activeVersions.set(row.purpose, row.version);
  }
  for (const table of SEALED_TABLES) {
    if (activeVersions.has(table) || !(await isEmpty(db, table))) continue;
    // A table that a migration has just added. One that has rows and no key has lost it.
    const key = random(KEY_BYTES);
    const wrapped = await kek.wrap(new Secret(key), contextOf(storeId, table, 1));
    await db.transaction().execute((transaction) => insertKey(transaction, table, 1, kek.id, wrapped));
    keys.set(`${table}/1`, createSecretKey(key));
    activeVersions.set(table, 1);
  }
  for (const purpose of [...RECORD_PURPOSES, ...FIXED_PURPOSES]) {
    if (!activeVersions.has(purpose)) throw storeError('STORE_KEY_MISSING', `no active key for ${purpose}`);
  }

  const version = (purpose: KeyPurpose, wanted: number): DataKey => {
    const key = keys.get(`${purpose}/${wanted}`);
    if (key === undefined) throw storeError('STORE_KEY_MISSING', `no key ${purpose} version ${wanted}`);
    return { version: wanted, key };
  };
  const active = (purpose: KeyPurpose) => version(purpose, activeVersions.get(purpose)!);
  const blindKeys = new Map<string, KeyObject>();
  const blindKey = (label: string) => {
    let key = blindKeys.get(label);
    if (key === undefined) {
      key = createSecretKey(createHmac('sha256', active('blind_index').key).update(label).digest());
      blindKeys.set(label, key);
    }
    return key;
  };

  return {
    storeId,
    active,
    version,
    blindIndex: (label, value) => createHmac('sha256', blindKey(label)).update(value).digest(),
    rotate: async (purpose) => {
      const next = activeVersions.get(purpose)! + 1;
      const key = random(KEY_BYTES);
      const wrapped = await kek.wrap(new Secret(key), contextOf(storeId, purpose, next));
      await db.transaction().execute(async (transaction) => {
        await transaction.updateTable('data_keys').set({ state: 'retired' }).where('purpose', '=', purpose).execute();
        await insertKey(transaction, purpose, next, kek.id, wrapped);
      });
      keys.set(`${purpose}/${next}`, createSecretKey(key));
      activeVersions.set(purpose, next);
      return next;
    },
    dropRetired: async (purpose) => {
      await db.deleteFrom('data_keys').where('purpose', '=', purpose).where('state', '=', 'retired').execute();
      for (const name of keys.keys()) {
        if (name.startsWith(`${purpose}/`) && name !== `${purpose}/${activeVersions.get(purpose)}`) keys.delete(name);
      }
    },
    rewrap: async (next) => {
      const rows = await db.selectFrom('data_keys').selectAll().execute();
      const wrapped = await Promise.all(
        rows.map(async (row) => {
          const key = await unwrap(row);
          return { ...row, wrapped: await next.wrap(key, contextOf(storeId, row.purpose, row.version)) };
        }),
      );
      await db.transaction().execute(async (transaction) => {
        for (const row of wrapped) {
          await transaction
            .updateTable('data_keys')
            .set({ kek_id: next.id, wrapped: row.wrapped })
            .where('purpose', '=', row.purpose)
            .where('version', '=', row.version)
            .execute();
        }
      });
      known.set(next.id, next);
      kek = next;
    },
    kek: () => kek,
    keks: () => [...known.values()],
  };
}

async function isEmpty(db: Database, table: (typeof SEALED_TABLES)[number]): Promise<boolean> {
  return (await db.selectFrom(table).select('sort').limit(1).executeTakeFirst()) === undefined;
}

async function insertKey(db: WriteHandle, purpose: string, version: number, kekId: string, wrapped: Uint8Array) {
  await db.insertInto('data_keys').values({ purpose, version, state: 'active', kek_id: kekId, wrapped }).execute();
}

/** A new store gets its id and all its keys in one transaction; a store that lost them is never taken for a new one. */
async function createIfNew({ db, kek, random }: KeyRingDeps): Promise<void> {
  const stored = await Promise.all([
    db.selectFrom('store_meta').select('name').limit(1).execute(),
    db.selectFrom('data_keys').select('purpose').limit(1).execute(),
    db.selectFrom('log_groups').select('group_id').limit(1).execute(),
    db.selectFrom('freshness').select('id').limit(1).execute(),
  ]);
  if (stored.some((rows) => rows.length > 0)) return;
  const storeId = random(16);
  await db.transaction().execute(async (transaction) => {
    await transaction.insertInto('store_meta').values({ name: 'store_id', value: storeId }).execute();
    const keys = [...RECORD_PURPOSES, ...FIXED_PURPOSES].map(async (purpose) => ({
      purpose,
      version: 1,
      state: 'active' as const,
      kek_id: kek.id,
      wrapped: await kek.wrap(new Secret(random(KEY_BYTES)), contextOf(storeId, purpose, 1)),
    }));
    await transaction
      .insertInto('data_keys')
      .values(await Promise.all(keys))
      .execute();
  });
}

async function readStoreId(db: Database): Promise<Uint8Array> {
  const row = await db.selectFrom('store_meta').select('value').where('name', '=', 'store_id').executeTakeFirst();
  if (row === undefined) throw storeError('STORE_KEY_MISSING', 'the store has no identity');
  return row.value;
}
