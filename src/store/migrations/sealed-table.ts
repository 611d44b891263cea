import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** A table of sealed records (`SealedRow`). */
export async function createSealedTable(
  db: Kysely<unknown>,
  table: string,
  { bytes, integer }: ColumnTypes,
): Promise<void> {
  await db.schema
    .createTable(table)
    .addColumn('id', bytes, (column) => column.primaryKey())
    .addColumn('sort', integer, (column) => column.notNull())
    .addColumn('lookup', bytes, (column) => column.unique())
    .addColumn('owner', bytes)
    .addColumn('row_version', integer, (column) => column.notNull())
    .addColumn('key_version', integer, (column) => column.notNull())
    .addColumn('payload', bytes, (column) => column.notNull())
    .execute();
  await db.schema.createIndex(`${table}_sort`).on(table).column('sort').execute();
  await db.schema.createIndex(`${table}_owner`).on(table).column('owner').execute();
  // Re-encryption after a rotation looks for rows under older keys.
  await db.schema.createIndex(`${table}_key`).on(table).column('key_version').execute();
}
