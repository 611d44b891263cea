import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Secret } from '../../base/secret.ts';
import type { Engine } from '../engine.ts';
import { fromDriver, storeError } from '../errors.ts';
import { POSTGRES_COLUMNS } from '../migrations/column-types.ts';
import type { Schema } from '../schema.ts';
import { takeSessionLock } from './session-lock.ts';

export interface PostgresOptions {
  /** A connection string; secret because it may hold a password. */
  readonly url: Secret<string>;
  readonly connectionsMax?: number;
  readonly statementTimeoutMs?: number;
}

const INT8 = 20;
const NUMERIC = 1700;

/** Integers of the store are below 2^53 by construction; a larger one is damage and must not be rounded. */
function parseInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw storeError('STORE_DATABASE_CORRUPT', 'an integer is out of range');
  return value;
}

const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 || oid === NUMERIC
      ? parseInteger
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

export async function openPostgres(options: PostgresOptions): Promise<Engine> {
  const connectionString = options.url.reveal();
  const limits = {
    connectionString,
    types,
    connectionTimeoutMillis: 10_000,
    statement_timeout: options.statementTimeoutMs ?? 60_000,
  };
  const lock = await takeSessionLock(connectionString);
  const pool = (max: number, settings: string) => {
    const made = new pg.Pool({ ...limits, max, options: settings });
    // Without listeners a connection that breaks between two queries, idle or not, would end the process; the next query reports it.
    made.on('error', () => {});
    made.on('connect', (client) => client.on('error', () => {}));
    return made;
  };
  const writer = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: pool(2, '-c synchronous_commit=on') }),
  });
  const reader = new Kysely<Schema>({
    dialect: new PostgresDialect({
      pool: pool(options.connectionsMax ?? 4, '-c default_transaction_read_only=on'),
    }),
  });
  const close = async () => {
    await Promise.all([writer.destroy(), reader.destroy()]);
    await lock.release();
  };
  try {
    await requireDurability(writer);
  } catch (error) {
    await close();
    throw fromDriver(error, 'opening the database');
  }
  return {
    name: 'postgres',
    columns: POSTGRES_COLUMNS,
    writer,
    reader,
    skipLocked: true,
    // What this asks is only whether the server answers. Damage shows in the records, each of which is authenticated; PostgreSQL's own
    // structures are for its own tools (data checksums, pg_amcheck).
    checkIntegrity: async () => {
      await sql`select 1`.execute(reader);
    },
    scrub: async () => {
      // Dead row versions keep their bytes until a vacuum; their copies in WAL segments last until those are recycled.
      await sql`vacuum subject_keys`.execute(writer);
      await sql`checkpoint`.execute(writer).catch(() => undefined);
    },
    assertHeld: lock.assertHeld,
    close,
  };
}

async function requireDurability(db: Kysely<Schema>): Promise<void> {
  for (const [name, wanted] of [
    ['fsync', 'on'],
    ['full_page_writes', 'on'],
    ['synchronous_commit', 'on'],
  ] as const) {
    const { rows } = await sql<{ value: string }>`select current_setting(${name}) as value`.execute(db);
    const value = rows[0]?.value;
    if (value !== wanted) throw storeError('STORE_NOT_DURABLE', `PostgreSQL has ${name} = ${value}, want ${wanted}`);
  }
}
