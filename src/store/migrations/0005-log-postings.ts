import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.ts';
import { createSealedTable } from './sealed-table.ts';

/** Where each reader's logs stand. What older blocks have is filed when the chain index opens. */
export const up = (db: Kysely<unknown>, columns: ColumnTypes): Promise<void> =>
  createSealedTable(db, 'log_postings', columns);
