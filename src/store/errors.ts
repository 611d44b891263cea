import { defineErrors, PrivityError } from '../base/errors.ts';

const internal = { httpStatus: 500, rpcCode: -32603 } as const;
const unavailable = { httpStatus: 503, rpcCode: -32603 } as const;

/**
 * What can go wrong between memory and disk. The public texts say nothing about content: which row, which key and which file stand in
 * the internal text, and that never contains a value.
 */
export const storeError = defineErrors('store', {
  STORE_KEK_MISSING: { ...internal, publicText: 'The key-encryption key is not available.' },
  STORE_KEK_UNSAFE: { ...internal, publicText: 'The key-encryption key is not kept safely.' },
  STORE_KEK_WRONG: { ...internal, publicText: 'The key-encryption key does not open this store.' },
  STORE_KEY_MISSING: { ...internal, publicText: 'A data key of the store is missing.' },
  STORE_RECORD_CORRUPT: { ...internal, publicText: 'A stored record failed its integrity check.' },
  STORE_ROWS_REPLACED: { ...internal, publicText: 'Stored rows were removed, added or replaced by older ones.' },
  STORE_LOG_BROKEN: { ...internal, publicText: 'The block log is not whole.' },
  STORE_ROLLED_BACK: { ...internal, publicText: 'The database is older than what this node has acknowledged.' },
  STORE_WAL_MISSING: { ...internal, publicText: 'The write-ahead log of the database is missing.' },
  STORE_DATABASE_CORRUPT: { ...internal, publicText: 'The database file is damaged.' },
  STORE_SCHEMA_UNKNOWN: { ...internal, publicText: 'The database has a schema this version does not know.' },
  STORE_MIGRATION_FAILED: { ...internal, publicText: 'The database schema could not be brought up to date.' },
  STORE_NOT_DURABLE: { ...internal, publicText: 'The database is configured to lose acknowledged writes.' },
  STORE_LOCKED: { ...unavailable, publicText: 'Another process has this store open.' },
  STORE_LOCK_LOST: { ...unavailable, publicText: 'This process no longer holds the store.' },
  STORE_UNREACHABLE: { ...unavailable, publicText: 'The database cannot be reached.' },
  STORE_DISK_FULL: { ...unavailable, publicText: 'The disk is full; nothing was accepted.' },
  STORE_BUSY: { httpStatus: 503, rpcCode: -32005, publicText: 'The node is busy; try again shortly.' },
  STORE_FAILED: { ...unavailable, publicText: 'The store stopped after a failed write and must be reopened.' },
  STORE_CLOSED: { ...unavailable, publicText: 'The store is closed.' },
  STORE_TOO_LARGE: { httpStatus: 413, rpcCode: -32602, publicText: 'The record is larger than the store accepts.' },
  STORE_CONFLICT: { httpStatus: 409, rpcCode: -32603, publicText: 'The record already exists or has changed.' },
  STORE_NOT_FOUND: { httpStatus: 404, rpcCode: -32603, publicText: 'There is no such record.' },
  STORE_SUBJECT_ERASED: { httpStatus: 410, rpcCode: -32603, publicText: 'This personal data has been erased.' },
  STORE_LEASE_LOST: { httpStatus: 409, rpcCode: -32603, publicText: 'The job is no longer leased to this worker.' },
  STORE_FILE_CORRUPT: { ...internal, publicText: 'A stored file failed its integrity check.' },
  STORE_FILE_KEY_MISSING: { ...internal, publicText: 'The key of a stored file is missing.' },
  STORE_IO_FAILED: { ...unavailable, publicText: 'Reading or writing the store failed.' },
});

export type StoreErrorCode = Parameters<typeof storeError>[0];

/** Database driver errors (SQLite result codes, PostgreSQL SQLSTATE, Node system errors) in the store's own words. */
export function fromDriver(error: unknown, doing: string): PrivityError {
  if (error instanceof PrivityError) return error;
  const code = driverCode(error);
  return storeError(classify(code), `${doing}: ${code}`, { cause: error });
}

/** pg reports a connection that broke by text alone. */
const BROKEN_CONNECTION =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/** Whether an error came out of a database driver or the operating system, rather than out of our own code. */
export function isDriverError(error: unknown): boolean {
  if (error instanceof PrivityError || !(error instanceof Error)) return false;
  return (
    ('code' in error && typeof error.code === 'string') || 'severity' in error || BROKEN_CONNECTION.test(error.message)
  );
}

/** Whether a database reported it. A caller's own file error within a transaction is not the database's and must not stop the store. */
export function isDatabaseError(error: unknown): boolean {
  if (!isDriverError(error)) return false;
  return 'severity' in (error as object) || /^(SQLITE_|ECONN|EPIPE|ETIMEDOUT)/.test(driverCode(error));
}

function driverCode(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  if (!(error instanceof Error)) return 'unknown';
  return BROKEN_CONNECTION.test(error.message) ? 'ECONNRESET' : error.name;
}

function classify(code: string): StoreErrorCode {
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT' || code === '53100') return 'STORE_DISK_FULL';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'XX001' || code === 'XX002') {
    return 'STORE_DATABASE_CORRUPT';
  }
  // 23505 unique_violation, 40001 serialization_failure.
  if (code.startsWith('SQLITE_CONSTRAINT') || code === '23505' || code === '40001' || code === 'EEXIST') {
    return 'STORE_CONFLICT';
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED') || code === '55P03') return 'STORE_BUSY';
  // Class 08 connection exceptions, 57P0x administrator shutdown.
  if (/^(08...|57P0.|ECONN.*|ENOTFOUND|ETIMEDOUT|EPIPE)$/.test(code)) return 'STORE_UNREACHABLE';
  return 'STORE_IO_FAILED';
}
