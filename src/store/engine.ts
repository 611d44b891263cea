import type { ColumnTypes } from './migrations/column-types.ts';
import type { Database } from './schema.ts';

/** What the store needs of a database; `sqlite/` and `postgres/` each provide one. */
export interface Engine {
  readonly name: 'sqlite' | 'postgres';
  readonly columns: ColumnTypes;
  /** The only handle that writes. */
  readonly writer: Database;
  /** Sees what has been committed, cannot write, and never waits for a writer. */
  readonly reader: Database;
  /** Takes a queued job without waiting for another worker that is taking one. */
  readonly skipLocked: boolean;
  /** Rejects with STORE_DATABASE_CORRUPT. */
  checkIntegrity(): Promise<void>;
  /** Makes deleted rows unreadable on disk as far as the database can. */
  scrub(): Promise<void>;
  /** Rejects with STORE_LOCK_LOST when another process may have the store. */
  assertHeld(): void;
  close(): Promise<void>;
}
