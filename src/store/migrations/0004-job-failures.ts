import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

/** What a job is poisoned for: failures, told apart from leases that ended with their process. */
export async function up(db: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  await db.schema
    .alterTable('jobs')
    .addColumn('failures', integer, (column) => column.notNull().defaultTo(0))
    .execute();
}
