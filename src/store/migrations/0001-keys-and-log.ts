import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** What everything else stands on: wrapped keys, freshness, and the block log. */
export async function up(db: Kysely<unknown>, { bytes, integer }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('store_meta')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', bytes, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('data_keys')
    .addColumn('purpose', 'text', (column) => column.notNull())
    .addColumn('version', integer, (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('kek_id', 'text', (column) => column.notNull())
    .addColumn('wrapped', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('data_keys_pk', ['purpose', 'version'])
    .execute();
  await db.schema
    .createTable('freshness')
    .addColumn('id', integer, (column) => column.primaryKey())
    .addColumn('generation', integer, (column) => column.notNull())
    .addColumn('key_version', integer, (column) => column.notNull())
    .addColumn('payload', bytes, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('log_groups')
    .addColumn('group_id', integer, (column) => column.primaryKey())
    .addColumn('first_sequence', integer, (column) => column.notNull().unique())
    .addColumn('entries', integer, (column) => column.notNull())
    .addColumn('written_at', integer, (column) => column.notNull())
    .addColumn('key_version', integer, (column) => column.notNull())
    .addColumn('chain', bytes, (column) => column.notNull())
    .addColumn('payload', bytes, (column) => column.notNull())
    .execute();
  // Re-encryption after a rotation looks for groups under older keys.
  await db.schema.createIndex('log_groups_key').on('log_groups').column('key_version').execute();
  await db.schema
    .createTable('log_head')
    .addColumn('id', integer, (column) => column.primaryKey())
    .addColumn('group_id', integer, (column) => column.notNull())
    .addColumn('key_version', integer, (column) => column.notNull())
    .addColumn('payload', bytes, (column) => column.notNull())
    .execute();
}
