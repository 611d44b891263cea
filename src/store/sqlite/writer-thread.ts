import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { OPENED, type WriterOptions, type WriterReply, type WriterRequest } from './writer-protocol.ts';

/**
 * The thread that owns the one writing connection. better-sqlite3 is synchronous and an fsync takes milliseconds on a busy disk: here it
 * blocks nobody but the writer. It sees sealed bytes only; no key ever enters this thread.
 */

const STATEMENTS_MAX = 256;
const port = parentPort!;
const options = workerData as WriterOptions;
const statements = new Map<string, Database.Statement>();

function failure(id: number, error: unknown): WriterReply {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return { id, failure: { code, message: error instanceof Error ? error.message : String(error) } };
}

function open(): Database.Database {
  const db = new Database(options.path, { timeout: options.busyTimeoutMs });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    // Deleted rows are overwritten: an erased subject key must not linger in free pages.
    db.pragma('secure_delete = ON');
    // Small: it fills with the database, page after page, and the operating system caches the file anyway.
    db.pragma('cache_size = -8000');
    db.pragma('temp_store = MEMORY');
    // "PRVT". Written at every start: after it the WAL exists, which the caller's marker relies on.
    db.pragma('application_id = 0x50525654');
    if (options.pagesMax !== undefined) db.pragma(`max_page_count = ${options.pagesMax}`);
    check(db, options.integrityCheck);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function check(db: Database.Database, depth: 'quick' | 'full'): void {
  const result = db.pragma(depth === 'full' ? 'integrity_check(1)' : 'quick_check(1)', { simple: true });
  if (result !== 'ok') throw Object.assign(new Error('integrity check failed'), { code: 'SQLITE_CORRUPT' });
}

function prepare(db: Database.Database, sql: string): Database.Statement {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  const statement = db.prepare(sql);
  if (statements.size >= STATEMENTS_MAX) statements.delete(statements.keys().next().value!);
  statements.set(sql, statement);
  return statement;
}

function answer(db: Database.Database, request: WriterRequest): WriterReply {
  switch (request.kind) {
    case 'query': {
      // SQLite itself rolls back on some errors, a full disk among them; a second rollback would hide the first error.
      if (request.sql === 'rollback' && !db.inTransaction) return { id: request.id, rows: [], changes: undefined };
      const statement = prepare(db, request.sql);
      if (statement.reader) {
        const rows = statement.all(request.parameters) as Record<string, unknown>[];
        return { id: request.id, rows, changes: undefined };
      }
      return { id: request.id, rows: [], changes: statement.run(request.parameters).changes };
    }
    case 'integrity':
      check(db, request.depth);
      return { id: request.id, rows: [], changes: undefined };
    case 'close':
      statements.clear();
      // SQLite copies the WAL into the database and removes it. On a full disk it keeps it, which loses nothing.
      db.close();
      return { id: request.id, rows: [], changes: undefined };
  }
}

try {
  const db = open();
  port.on('message', (request: WriterRequest) => {
    let reply: WriterReply;
    try {
      reply = answer(db, request);
    } catch (error) {
      reply = failure(request.id, error);
    }
    port.postMessage(reply);
    if (request.kind === 'close') port.close();
  });
  port.postMessage({ id: OPENED, rows: [], changes: undefined } satisfies WriterReply);
} catch (error) {
  port.postMessage(failure(OPENED, error));
  port.close();
}
