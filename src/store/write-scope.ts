import type { FreshnessChanges } from './freshness.ts';
import type { WriteHandle } from './schema.ts';

/** One open write transaction. */
export interface WriteScope {
  readonly db: WriteHandle;
  readonly changes: FreshnessChanges;
  /** Runs once the transaction is durable; not at all when it is rolled back. */
  afterCommit(task: () => void): void;
  /** What this transaction deletes must not be left readable in the database's files. */
  scrubAfterCommit(): void;
}
