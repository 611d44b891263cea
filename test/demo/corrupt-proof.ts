import { join } from 'node:path';
import Database from 'better-sqlite3';
import { requireThat } from './require-that.ts';

/**
 * Flips one bit in the middle of each stored proof, in the database of a node that is not running: which row is of which batch cannot be read
 * there, and later batches may have been proven meanwhile.
 */
export function corruptStoredProofs(dataDir: string): void {
  const database = new Database(join(dataDir, 'store', 'privity.sqlite'), { fileMustExist: true });
  try {
    const rows = database.prepare('select id, payload from proofs').all() as { id: Buffer; payload: Buffer }[];
    requireThat(rows.length > 0, 'a proof is stored');
    const update = database.prepare('update proofs set payload = ? where id = ?');
    for (const { id, payload } of rows) {
      const at = payload.length >> 1;
      payload.writeUInt8(payload.readUInt8(at) ^ 1, at);
      update.run(payload, id);
    }
  } finally {
    database.close();
  }
}
