import { createHmac } from 'node:crypto';
import { breathe } from './breathe.ts';
import { associatedData } from './envelope/associated-data.ts';
import type { KeyRing } from './envelope/key-ring.ts';
import type { RecordVault } from './envelope/record-vault.ts';
import { storeError } from './errors.ts';
import { type Database, type ReadHandle, SEALED_TABLES, type SealedTable, type WriteHandle } from './schema.ts';

/**
 * A record proves what it is, not that it is the latest of its kind: an old row put back would open. So each table has a keyed multiset
 * hash over (table, id, row version) of its rows, MSet-Add-Hash of Clarke, Devadas, van Dijk, Gassend and Suh (ASIACRYPT 2003): the sum of
 * HMACs modulo 2^256. The sums stand in one sealed row that every write transaction replaces. A row removed, added or replaced behind our
 * back changes the sum. Row versions are the generation of the transaction that wrote them, which is never used twice.
 *
 * Checked for the small tables when the store opens and for all by `verify`. That the database as a whole is not an older copy is for the
 * anchor file to tell.
 */

const MODULUS = 1n << 256n;
const PAGE_ROWS = 5_000;

export interface TableSum {
  count: number;
  sum: bigint;
}

export interface FreshnessChanges {
  readonly generation: number;
  added(table: SealedTable, id: Uint8Array, version: number): void;
  removed(table: SealedTable, id: Uint8Array, version: number): void;
}

interface Pending extends FreshnessChanges {
  readonly sums: Map<SealedTable, TableSum>;
  touched: boolean;
}

export interface Freshness {
  generation(): number;
  begin(): Pending;
  /** Writes the sums within the transaction they describe; compares and sets, so that a second writer is found out. */
  write(db: WriteHandle, pending: Pending): Promise<void>;
  committed(pending: Pending): void;
  /** Seals the row again under the active key. */
  reseal(db: WriteHandle): Promise<void>;
  /** After a transaction whose end is unknown: take the database's word. */
  reload(): Promise<void>;
  /** Throws STORE_ROWS_REPLACED when a table's rows are not those that were written. */
  check(db: ReadHandle, tables: readonly SealedTable[]): Promise<void>;
}

type FreshnessDeps = { db: Database; keys: KeyRing; vault: RecordVault };

export async function openFreshness({ db, keys, vault }: FreshnessDeps): Promise<Freshness> {
  const existing = await db.selectFrom('freshness').select('id').executeTakeFirst();
  if (existing === undefined) await insertFirst(db, vault);
  let state = await load(db, vault);
  const sumKey = keys.active('freshness_sum').key;
  const term = (table: string, id: Uint8Array, version: number): bigint =>
    BigInt(
      `0x${createHmac('sha256', sumKey)
        .update(associatedData(table, id, version))
        .digest('hex')}`,
    );

  return {
    generation: () => state.generation,
    begin: () => {
      const sums = new Map([...state.sums].map(([table, sum]) => [table, { ...sum }]));
      const change = (table: SealedTable, count: 1 | -1, value: bigint) => {
        const entry = sums.get(table)!;
        entry.count += count;
        entry.sum = (entry.sum + (count === 1 ? value : MODULUS - value)) % MODULUS;
        pending.touched = true;
      };
      const pending: Pending = {
        generation: state.generation + 1,
        sums,
        touched: false,
        added: (table, id, version) => change(table, 1, term(table, id, version)),
        removed: (table, id, version) => change(table, -1, term(table, id, version)),
      };
      return pending;
    },
    write: async (handle, pending) => {
      if (!pending.touched) return;
      const { keyVersion, payload } = vault.seal('freshness', [pending.generation], encode(pending.sums));
      const result = await handle
        .updateTable('freshness')
        .set({ generation: pending.generation, key_version: keyVersion, payload })
        .where('id', '=', 1)
        .where('generation', '=', pending.generation - 1)
        .executeTakeFirst();
      if (result.numUpdatedRows !== 1n) throw storeError('STORE_LOCK_LOST', 'another process has written to the store');
    },
    committed: (pending) => {
      if (pending.touched) state = { generation: pending.generation, sums: pending.sums };
    },
    reseal: async (handle) => {
      const { keyVersion, payload } = vault.seal('freshness', [state.generation], encode(state.sums));
      await handle.updateTable('freshness').set({ key_version: keyVersion, payload }).where('id', '=', 1).execute();
    },
    reload: async () => {
      state = await load(db, vault);
    },
    check: async (handle, tables) => {
      for (const table of tables) {
        const actual = await sumRows(handle, table, term);
        const wanted = state.sums.get(table)!;
        if (actual.count !== wanted.count || actual.sum !== wanted.sum) {
          throw storeError('STORE_ROWS_REPLACED', `${table}: ${actual.count} rows found, ${wanted.count} written`);
        }
      }
    },
  };
}

async function sumRows(
  db: ReadHandle,
  table: SealedTable,
  term: (table: string, id: Uint8Array, version: number) => bigint,
) {
  const total: TableSum = { count: 0, sum: 0n };
  let after = new Uint8Array(0);
  for (;;) {
    const rows = await db
      .selectFrom(table)
      .select(['id', 'row_version'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE_ROWS)
      .execute();
    for (const row of rows) total.sum = (total.sum + term(table, row.id, row.row_version)) % MODULUS;
    total.count += rows.length;
    await breathe();
    if (rows.length < PAGE_ROWS) return total;
    after = new Uint8Array(rows.at(-1)!.id);
  }
}

/** Only an empty store may lack its freshness row: it was killed while it was being created. */
async function insertFirst(db: Database, vault: RecordVault): Promise<void> {
  for (const table of SEALED_TABLES) {
    const row = await db.selectFrom(table).select('sort').limit(1).executeTakeFirst();
    if (row !== undefined) throw storeError('STORE_ROWS_REPLACED', 'the freshness row is gone');
  }
  const sums = new Map(SEALED_TABLES.map((table) => [table, { count: 0, sum: 0n }]));
  const { keyVersion, payload } = vault.seal('freshness', [0], encode(sums));
  await db.insertInto('freshness').values({ id: 1, generation: 0, key_version: keyVersion, payload }).execute();
}

async function load(db: ReadHandle, vault: RecordVault) {
  const row = await db.selectFrom('freshness').selectAll().where('id', '=', 1).executeTakeFirst();
  if (row === undefined) throw storeError('STORE_ROWS_REPLACED', 'the freshness row is gone');
  return { generation: row.generation, sums: decode(vault.open('freshness', [row.generation], row.payload)) };
}

function encode(sums: ReadonlyMap<SealedTable, TableSum>): Uint8Array {
  const entries = [...sums].map(([table, { count, sum }]) => [table, count, sum.toString(16)]);
  return Buffer.from(JSON.stringify(entries));
}

function decode(bytes: Uint8Array): Map<SealedTable, TableSum> {
  const entries = JSON.parse(Buffer.from(bytes).toString()) as [SealedTable, number, string][];
  const sums = new Map(entries.map(([table, count, sum]) => [table, { count, sum: BigInt(`0x${sum}`) }]));
  // Tables that a migration has added since.
  for (const table of SEALED_TABLES) if (!sums.has(table)) sums.set(table, { count: 0, sum: 0n });
  return sums;
}
