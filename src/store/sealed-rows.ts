import { breathe } from './breathe.ts';
import type { RecordVault } from './envelope/record-vault.ts';
import { storeError } from './errors.ts';
import { insertSlices } from './insert-slices.ts';
import type { ReadHandle, SealedRow, SealedTable, WriteHandle } from './schema.ts';
import type { WriteScope } from './write-scope.ts';

export interface SealedRecord {
  readonly id: Uint8Array;
  readonly sort: number;
  readonly lookup: Uint8Array | null;
  readonly owner: Uint8Array | null;
  readonly plain: Uint8Array;
}

export interface NewRecord {
  readonly id: Uint8Array;
  readonly sort?: number;
  readonly lookup?: Uint8Array | null;
  readonly owner?: Uint8Array | null;
  readonly plain: Uint8Array;
}

export interface ListOptions {
  /** Inclusive bounds of `sort`. */
  readonly from?: number;
  readonly to?: number;
  readonly owner?: Uint8Array;
  readonly order?: 'asc' | 'desc';
  readonly limit: number;
}

/** One table of sealed records; every read authenticates, every write is counted by `freshness`. */
export interface SealedRows {
  get(db: ReadHandle, id: Uint8Array): Promise<SealedRecord | undefined>;
  getMany(db: ReadHandle, ids: readonly Uint8Array[]): Promise<SealedRecord[]>;
  has(db: ReadHandle, id: Uint8Array): Promise<boolean>;
  getByLookup(db: ReadHandle, lookup: Uint8Array): Promise<SealedRecord | undefined>;
  list(db: ReadHandle, options: ListOptions): Promise<SealedRecord[]>;
  /** Every record by ascending id, `rowsMax` at a time; others run between two pages. */
  pages(db: ReadHandle, rowsMax: number): AsyncIterable<readonly SealedRecord[]>;
  count(db: ReadHandle): Promise<number>;
  /** Rejects with STORE_CONFLICT when the id or look-up is taken. */
  insert(scope: WriteScope, record: NewRecord): Promise<void>;
  insertMany(scope: WriteScope, records: readonly NewRecord[]): Promise<void>;
  /** Inserts or replaces. */
  put(scope: WriteScope, record: NewRecord): Promise<void>;
  /** Rejects with STORE_NOT_FOUND when there is nothing to replace. */
  replace(scope: WriteScope, record: NewRecord): Promise<void>;
  remove(scope: WriteScope, id: Uint8Array): Promise<boolean>;
  removeOwned(scope: WriteScope, owner: Uint8Array): Promise<number>;
  /** Removes at most `limit` rows whose `sort` is within the inclusive bounds. */
  removeBetween(scope: WriteScope, from: number, to: number, limit: number): Promise<number>;
  /** Seals at most `limit` rows that stand under an older key again; answers how many it did. */
  reencrypt(db: WriteHandle, activeVersion: number, limit: number): Promise<number>;
}

const ROWS_PER_INSERT = 128;

export function createSealedRows(table: SealedTable, vault: RecordVault): SealedRows {
  const identity = (row: Pick<SealedRow, 'id' | 'sort' | 'lookup' | 'owner' | 'row_version'>) =>
    [row.id, row.sort, row.lookup, row.owner, row.row_version] as const;
  const open = (row: SealedRow): SealedRecord => ({
    id: row.id,
    sort: row.sort,
    lookup: row.lookup,
    owner: row.owner,
    plain: vault.open(table, identity(row), row.payload),
  });
  const seal = (record: NewRecord, rowVersion: number): SealedRow => {
    const { id, sort = 0, lookup = null, owner = null } = record;
    const row = { id, sort, lookup, owner, row_version: rowVersion };
    const { keyVersion, payload } = vault.seal(table, identity(row), record.plain);
    return { ...row, key_version: keyVersion, payload };
  };
  const versionOf = async (db: ReadHandle, id: Uint8Array) =>
    (await db.selectFrom(table).select('row_version').where('id', '=', id).executeTakeFirst())?.row_version;

  const insertMany = async (scope: WriteScope, records: readonly NewRecord[]) => {
    const { generation } = scope.changes;
    for (const slice of insertSlices(records, ROWS_PER_INSERT)) {
      const rows = slice.map((record) => seal(record, generation));
      await scope.db.insertInto(table).values(rows).execute();
      for (const row of rows) scope.changes.added(table, row.id, generation);
    }
  };
  const update = async (scope: WriteScope, record: NewRecord, previous: number) => {
    const { generation } = scope.changes;
    const { id, ...values } = seal(record, generation);
    await scope.db.updateTable(table).set(values).where('id', '=', id).execute();
    scope.changes.removed(table, id, previous);
    scope.changes.added(table, id, generation);
  };
  const removeRows = async (scope: WriteScope, rows: readonly { id: Uint8Array; row_version: number }[]) => {
    for (const row of rows) {
      await scope.db.deleteFrom(table).where('id', '=', row.id).execute();
      scope.changes.removed(table, row.id, row.row_version);
    }
    return rows.length;
  };

  return {
    get: async (db, id) => {
      const row = await db.selectFrom(table).selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : open(row);
    },
    getMany: async (db, ids) =>
      ids.length === 0 ? [] : (await db.selectFrom(table).selectAll().where('id', 'in', ids).execute()).map(open),
    has: async (db, id) => (await versionOf(db, id)) !== undefined,
    getByLookup: async (db, lookup) => {
      const row = await db.selectFrom(table).selectAll().where('lookup', '=', lookup).executeTakeFirst();
      return row === undefined ? undefined : open(row);
    },
    list: async (db, { from, to, owner, order = 'asc', limit }) => {
      let query = db.selectFrom(table).selectAll();
      if (from !== undefined) query = query.where('sort', '>=', from);
      if (to !== undefined) query = query.where('sort', '<=', to);
      if (owner !== undefined) query = query.where('owner', '=', owner);
      return (await query.orderBy('sort', order).orderBy('id', order).limit(limit).execute()).map(open);
    },
    async *pages(db, rowsMax) {
      let after = new Uint8Array(0);
      for (;;) {
        const rows = await db
          .selectFrom(table)
          .selectAll()
          .where('id', '>', after)
          .orderBy('id')
          .limit(rowsMax)
          .execute();
        if (rows.length > 0) yield rows.map(open);
        await breathe();
        if (rows.length < rowsMax) return;
        after = new Uint8Array(rows.at(-1)!.id);
      }
    },
    count: async (db) => {
      const { rows } = await db
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as('rows'))
        .executeTakeFirstOrThrow();
      return rows;
    },
    insert: (scope, record) => insertMany(scope, [record]),
    insertMany,
    put: async (scope, record) => {
      const previous = await versionOf(scope.db, record.id);
      if (previous === undefined) await insertMany(scope, [record]);
      else await update(scope, record, previous);
    },
    replace: async (scope, record) => {
      const previous = await versionOf(scope.db, record.id);
      if (previous === undefined) throw storeError('STORE_NOT_FOUND', `${table} has no such row`);
      await update(scope, record, previous);
    },
    remove: async (scope, id) => {
      const previous = await versionOf(scope.db, id);
      if (previous === undefined) return false;
      await removeRows(scope, [{ id, row_version: previous }]);
      return true;
    },
    removeOwned: async (scope, owner) =>
      removeRows(
        scope,
        await scope.db.selectFrom(table).select(['id', 'row_version']).where('owner', '=', owner).execute(),
      ),
    removeBetween: async (scope, from, to, limit) =>
      removeRows(
        scope,
        await scope.db
          .selectFrom(table)
          .select(['id', 'row_version'])
          .where('sort', '>=', from)
          .where('sort', '<=', to)
          .orderBy('sort')
          .limit(limit)
          .execute(),
      ),
    reencrypt: async (db, activeVersion, limit) => {
      const rows = await db
        .selectFrom(table)
        .selectAll()
        .where('key_version', '<', activeVersion)
        .limit(limit)
        .execute();
      for (const row of rows) {
        const { keyVersion, payload } = vault.seal(table, identity(row), open(row).plain);
        await db.updateTable(table).set({ key_version: keyVersion, payload }).where('id', '=', row.id).execute();
      }
      return rows.length;
    },
  };
}
