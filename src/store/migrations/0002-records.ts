import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

const TABLES = [
  'blocks',
  'denials',
  'event_logs',
  'batches',
  'checkpoints',
  'subject_keys',
  'users',
  'sessions',
  'wallets',
  'wallet_tokens',
  'consumed_nonces',
  'challenges',
  'audit_rows',
  'proofs',
  'files',
];

/** The tables of sealed records, all of one shape (`SealedRow`), and where each transaction stands. */
export async function up(db: Kysely<unknown>, { bytes, integer }: ColumnTypes): Promise<void> {
  for (const table of TABLES) {
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
  await db.schema
    .createTable('transaction_locations')
    .addColumn('hash_index', bytes, (column) => column.primaryKey())
    .addColumn('block', integer, (column) => column.notNull())
    .addColumn('position', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('transaction_locations_block').on('transaction_locations').column('block').execute();
}
