import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storeError } from '../errors.ts';
import { syncFolder } from '../sync-folder.ts';

/**
 * A file that exists while the database may have a write-ahead log that matters. When it says `open` and the log is gone, committed
 * transactions are missing, and SQLite itself would silently go on with the older state. `closing` covers a kill during a clean stop.
 */
export function createOpenMarker(folder: string, walPath: string) {
  const path = join(folder, 'open');
  const write = (text: string) => {
    writeFileSync(path, text);
    syncFolder(folder);
  };
  return {
    check: () => {
      if (!existsSync(path) || existsSync(walPath) || readFileSync(path, 'latin1') === 'closing') return;
      throw storeError('STORE_WAL_MISSING', 'the last run did not stop cleanly and its write-ahead log is gone');
    },
    opened: () => write('open'),
    closing: () => write('closing'),
    closed: () => rmSync(path, { force: true }),
  };
}
