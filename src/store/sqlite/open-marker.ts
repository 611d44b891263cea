import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storeError } from '../errors.ts';
import { syncFolder } from '../sync-folder.ts';

/**
 * An empty file, `open`, that exists while the database may have a write-ahead log that matters. When it is there and the log is gone,
 * committed transactions are missing, and SQLite itself would silently go on with the older state. It is renamed `closing` during a clean
 * stop, when the log comes and goes. Neither needs room on a full disk.
 */
export function createOpenMarker(folder: string, walPath: string) {
  const open = join(folder, 'open');
  const closing = join(folder, 'closing');
  return {
    check: () => {
      if (!existsSync(open) || existsSync(walPath)) return;
      throw storeError('STORE_WAL_MISSING', 'the last run did not stop cleanly and its write-ahead log is gone');
    },
    opened: () => {
      writeFileSync(open, '');
      rmSync(closing, { force: true });
      syncFolder(folder);
    },
    closing: () => renameSync(open, closing),
    closed: () => rmSync(closing, { force: true }),
  };
}
