import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';
import { createSealedTable } from './sealed-table.ts';

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
  for (const table of TABLES) await createSealedTable(db, table, { bytes, integer });
  await db.schema
    .createTable('transaction_locations')
    .addColumn('hash_index', bytes, (column) => column.primaryKey())
    .addColumn('block', integer, (column) => column.notNull())
    .addColumn('position', integer, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('transaction_locations_block').on('transaction_locations').column('block').execute();
}
