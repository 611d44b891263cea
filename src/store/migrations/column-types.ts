import type { ColumnDataType } from 'kysely';

/** The only way in which the two databases' schemas differ. */
export interface ColumnTypes {
  readonly bytes: ColumnDataType;
  /** Integers up to 2^53 - 1. */
  readonly integer: ColumnDataType;
}

export const SQLITE_COLUMNS: ColumnTypes = { bytes: 'blob', integer: 'integer' };
export const POSTGRES_COLUMNS: ColumnTypes = { bytes: 'bytea', integer: 'bigint' };
