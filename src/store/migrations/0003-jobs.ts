import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** The prover's lease table: what a worker must see to take a job is readable, what the job is about is sealed. */
export async function up(db: Kysely<unknown>, { bytes, integer }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('jobs')
    .addColumn('id', bytes, (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('priority', integer, (column) => column.notNull())
    .addColumn('enqueued_at', integer, (column) => column.notNull())
    .addColumn('run_after', integer, (column) => column.notNull())
    .addColumn('attempts', integer, (column) => column.notNull())
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', integer)
    .addColumn('key_version', integer, (column) => column.notNull())
    .addColumn('payload', bytes, (column) => column.notNull())
    .addColumn('result', bytes)
    .addColumn('failure', bytes)
    .execute();
  await db.schema.createIndex('jobs_state').on('jobs').columns(['state', 'priority', 'enqueued_at']).execute();
}
