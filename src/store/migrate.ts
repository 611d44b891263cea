import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { fromDriver, storeError } from './errors.ts';
import * as keysAndLog from './migrations/0001-keys-and-log.ts';
import * as records from './migrations/0002-records.ts';
import * as jobs from './migrations/0003-jobs.ts';
import * as jobFailures from './migrations/0004-job-failures.ts';
import * as logPostings from './migrations/0005-log-postings.ts';
import type { ColumnTypes } from './migrations/column-types.ts';
import type { Schema } from './schema.ts';

type Step = { up(db: Kysely<unknown>, columns: ColumnTypes): Promise<void> };

/** In order of application; names are recorded in the database and never change. */
const STEPS: Readonly<Record<string, Step>> = {
  '0001-keys-and-log': keysAndLog,
  '0002-records': records,
  '0003-jobs': jobs,
  '0004-job-failures': jobFailures,
  '0005-log-postings': logPostings,
};

/** Brings the schema up to date. There is no way down: a newer database refuses an older program. */
export async function migrateToLatest(db: Kysely<Schema>, columns: ColumnTypes): Promise<void> {
  const migrations: Record<string, Migration> = {};
  for (const [name, step] of Object.entries(STEPS)) migrations[name] = { up: (handle) => step.up(handle, columns) };
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results } = await migrator
    .migrateToLatest()
    .catch((cause: unknown) => ({ error: cause, results: undefined }));
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName;
  const unknown = error instanceof Error && error.message.startsWith('corrupted migrations');
  if (unknown)
    throw storeError('STORE_SCHEMA_UNKNOWN', 'the database was migrated by a newer version', { cause: error });
  const driver = fromDriver(error, `migration ${failed ?? 'listing'}`);
  if (driver.code !== 'STORE_IO_FAILED') throw driver;
  throw storeError('STORE_MIGRATION_FAILED', driver.internalText, { cause: error });
}
