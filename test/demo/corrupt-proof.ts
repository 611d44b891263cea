import { join } from 'node:path';
import Database from 'better-sqlite3';
import { requireThat } from './require-that.ts';

/** Flips one bit in the middle of the newest stored proof, in the database of a node that is not running. */
export function corruptStoredProof(dataDir: string): void {
  const database = new Database(join(dataDir, 'store', 'privity.sqlite'), { fileMustExist: true });
  try {
    const row = database.prepare('select id, payload from proofs order by sort desc limit 1').get() as
      | { id: Buffer; payload: Buffer }
      | undefined;
    requireThat(row !== undefined, 'a proof is stored');
    const payload = Buffer.from(row.payload);
    const at = payload.length >> 1;
    payload.writeUInt8(payload.readUInt8(at) ^ 1, at);
    database.prepare('update proofs set payload = ? where id = ?').run(payload, row.id);
  } finally {
    database.close();
  }
}
