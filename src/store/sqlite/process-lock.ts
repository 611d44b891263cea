import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { fromDriver, storeError } from '../errors.ts';

/**
 * Keeps a second process away from the data folder: an exclusive transaction on a database of its own, held for as long as this process
 * lives. The operating system drops it with the process, so there is no stale lock to clear after a kill.
 */
export function takeProcessLock(path: string): { release(): void } {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: 0 });
    db.pragma('journal_mode = DELETE');
    db.exec('begin exclusive');
  } catch (error) {
    db?.close();
    const mapped = fromDriver(error, 'locking the data folder');
    if (mapped.code !== 'STORE_BUSY') throw mapped;
    throw storeError('STORE_LOCKED', `${dirname(path)} is open in another process: a running node, or verify-store`, {
      cause: error,
    });
  }
  return { release: () => db.close() };
}
