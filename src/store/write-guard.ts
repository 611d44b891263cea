import type { PrivityError } from '../base/errors.ts';
import type { Engine } from './engine.ts';
import { fromDriver, storeError } from './errors.ts';

/**
 * After a write whose fate is unknown (an I/O error in an fsync, damage, a lost lock) nothing more is written by this process: what a
 * later read returns may be in memory only, and committing on top of doubt would lose accepted transactions (G7).
 */
export interface WriteGuard {
  /** For what was accepted before and is now being written. */
  assertUsable(): void;
  /** For new work: refuses once the store is closing. */
  assertOpen(): void;
  /** Maps a driver's error and, when it leaves doubt, closes the gate. */
  report(error: unknown, doing: string): PrivityError;
  close(): void;
}

const FATAL = new Set([
  'STORE_IO_FAILED',
  'STORE_DATABASE_CORRUPT',
  'STORE_LOCK_LOST',
  'STORE_LOG_BROKEN',
  'STORE_FAILED',
]);

export function createWriteGuard(engine: Engine): WriteGuard {
  let failed: PrivityError | undefined;
  let closed = false;
  const assertUsable = () => {
    if (failed !== undefined) throw storeError('STORE_FAILED', `stopped by ${failed.code}`, { cause: failed });
    engine.assertHeld();
  };
  return {
    assertUsable,
    assertOpen: () => {
      if (closed) throw storeError('STORE_CLOSED');
      assertUsable();
    },
    report: (error, doing) => {
      const mapped = fromDriver(error, doing);
      if (FATAL.has(mapped.code)) failed ??= mapped;
      return mapped;
    },
    close: () => {
      closed = true;
    },
  };
}
