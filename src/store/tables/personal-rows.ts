import { SUBJECTS_PREPARED_MAX } from '../envelope/subject-keys.ts';
import { decodeRecord, encodeRecord } from '../record-json.ts';
import type { PERSONAL_TABLES, ReadHandle } from '../schema.ts';
import type { SealedRecord } from '../sealed-rows.ts';
import type { WriteScope } from '../write-scope.ts';
import type { TableContext } from './table-context.ts';

type PersonalTable = (typeof PERSONAL_TABLES)[number];

const OWNED_MAX = 1_000;

/** Records that belong to a person: sealed with that person's key, inside the table's envelope. */
export function createPersonalRows<T extends object>(context: TableContext, table: PersonalTable) {
  const rows = context.rows[table];
  const open = async (db: ReadHandle, record: SealedRecord): Promise<T> =>
    decodeRecord<T>(await context.subjects.open(db, record.owner!, [table, record.id], record.plain));
  const seal = async (scope: WriteScope, owner: Uint8Array, id: Uint8Array, record: T) =>
    context.subjects.seal(scope.db, owner, [table, id], encodeRecord(record));
  return {
    get: async (db: ReadHandle, id: Uint8Array): Promise<T | undefined> => {
      const record = await rows.get(db, id);
      return record === undefined ? undefined : open(db, record);
    },
    getByLookup: async (db: ReadHandle, lookup: Uint8Array): Promise<T | undefined> => {
      const record = await rows.getByLookup(db, lookup);
      return record === undefined ? undefined : open(db, record);
    },
    owned: async (db: ReadHandle, owner: Uint8Array): Promise<T[]> => {
      const records = await rows.list(db, { owner, limit: OWNED_MAX });
      return Promise.all(records.map((record) => open(db, record)));
    },
    /** Everything there is, with the keys of a page's people fetched together. */
    async *all(db: ReadHandle): AsyncGenerator<T, void, undefined> {
      for await (const page of rows.pages(db, SUBJECTS_PREPARED_MAX)) {
        await context.subjects.prepare(
          db,
          page.map(({ owner }) => owner!),
        );
        for (const record of page) yield await open(db, record);
      }
    },
    insert: async (
      scope: WriteScope,
      at: { id: Uint8Array; owner: Uint8Array; sort?: number; lookup?: Uint8Array | null },
      record: T,
    ) => rows.insert(scope, { ...at, plain: await seal(scope, at.owner, at.id, record) }),
    replace: async (
      scope: WriteScope,
      at: { id: Uint8Array; owner: Uint8Array; sort?: number; lookup?: Uint8Array | null },
      record: T,
    ) => rows.replace(scope, { ...at, plain: await seal(scope, at.owner, at.id, record) }),
    remove: rows.remove,
    removeOwned: rows.removeOwned,
    removeBetween: rows.removeBetween,
    open,
    rows,
  };
}

/** User ids are the hexadecimal text of the subject id; anything else names nobody. */
export function subjectOf(userId: string): Uint8Array {
  return /^[0-9a-f]{32}$/.test(userId) ? new Uint8Array(Buffer.from(userId, 'hex')) : new Uint8Array(0);
}
