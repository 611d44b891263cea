import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement, sql } from 'kysely';
import type { Engine } from '../engine.ts';
import { fromDriver } from '../errors.ts';
import { SQLITE_COLUMNS } from '../migrations/column-types.ts';
import type { Schema } from '../schema.ts';
import { createOpenMarker } from './open-marker.ts';
import { type SqliteWriter, startWriter } from './writer.ts';
import { createWriterDialect } from './writer-dialect.ts';

export interface SqliteOptions {
  /** The data folder, whose process lock the caller holds. */
  readonly folder: string;
  readonly busyTimeoutMs?: number;
  readonly integrityCheck?: 'quick' | 'full';
  /** Limits the file to so many pages: what a full disk looks like. */
  readonly pagesMax?: number;
}

/**
 * WAL with synchronous=FULL: a commit is on disk when it returns. Writes go through a thread of their own; reads run on a read-only
 * connection of the calling thread, where a point look-up takes microseconds.
 */
export async function openSqlite(options: SqliteOptions): Promise<Engine> {
  const { folder, busyTimeoutMs = 5_000, integrityCheck = 'quick', pagesMax } = options;
  const path = join(folder, 'privity.sqlite');
  const marker = createOpenMarker(folder, `${path}-wal`);
  let thread: SqliteWriter | undefined;
  try {
    marker.check();
    const limit = pagesMax === undefined ? {} : { pagesMax };
    thread = await startWriter({ path, busyTimeoutMs, integrityCheck, ...limit });
    marker.opened();
    return assemble(path, busyTimeoutMs, thread, marker);
  } catch (error) {
    await thread?.close().catch(() => undefined);
    throw fromDriver(error, 'opening the database');
  }
}

function assemble(
  path: string,
  busyTimeoutMs: number,
  thread: SqliteWriter,
  marker: ReturnType<typeof createOpenMarker>,
): Engine {
  const writer = new Kysely<Schema>({ dialect: createWriterDialect(thread) });
  const connection = new BetterSqlite3(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  return {
    name: 'sqlite',
    columns: SQLITE_COLUMNS,
    writer,
    reader: new Kysely<Schema>({ dialect: new SqliteDialect({ database: withStatements(connection) }) }),
    skipLocked: false,
    checkIntegrity: () =>
      thread.checkIntegrity('full').catch((error: unknown) => {
        throw fromDriver(error, 'integrity check');
      }),
    scrub: async () => {
      await sql`pragma wal_checkpoint(truncate)`.execute(writer);
    },
    assertHeld: () => {},
    close: async () => {
      try {
        marker.closing();
        connection.close();
        await thread.close();
        marker.closed();
      } catch (error) {
        throw fromDriver(error, 'closing the database');
      }
    },
  };
}

const STATEMENTS_MAX = 128;

/** Kysely prepares a statement for each query, which costs more than a point look-up. Nothing here streams, so none is ever in use twice. */
function withStatements(connection: BetterSqlite3.Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    prepare: (query) => {
      const known = statements.get(query);
      if (known !== undefined) return known;
      if (statements.size >= STATEMENTS_MAX) statements.delete(statements.keys().next().value!);
      const statement = connection.prepare<unknown[]>(query);
      statements.set(query, statement as SqliteStatement);
      return statement as SqliteStatement;
    },
    close: () => void connection.close(),
  };
}
