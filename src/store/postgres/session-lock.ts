import pg from 'pg';
import { fromDriver, storeError } from '../errors.ts';

/** "PRIVITY" in ASCII, as the key of an advisory lock of the database that holds the store. */
const LOCK_KEY = '22607176013107289';

/**
 * Keeps a second process away from the database: an advisory lock of a connection that does nothing else. When that connection breaks,
 * PostgreSQL frees the lock and another process may take it, so from then on this one refuses to write; the block log's head is
 * compared and set in every append besides, which fences the moments in between.
 */
export async function takeSessionLock(
  connectionString: string,
): Promise<{ assertHeld(): void; release(): Promise<void> }> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000, keepAlive: true });
  let lost = false;
  client.on('error', () => {
    lost = true;
  });
  client.on('end', () => {
    lost = true;
  });
  let taken: boolean | undefined;
  try {
    await client.connect();
    const answer = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1::bigint) as taken', [
      LOCK_KEY,
    ]);
    taken = answer.rows[0]?.taken;
  } catch (error) {
    await client.end().catch(() => undefined);
    const mapped = fromDriver(error, 'locking the database');
    throw mapped.code === 'STORE_IO_FAILED'
      ? storeError('STORE_UNREACHABLE', mapped.internalText, { cause: error })
      : mapped;
  }
  if (taken !== true) {
    await client.end();
    throw storeError('STORE_LOCKED', 'another process has the database open');
  }
  return {
    assertHeld: () => {
      if (lost) throw storeError('STORE_LOCK_LOST', 'the connection that held the lock is gone');
    },
    release: () => client.end(),
  };
}
