import { storeError } from '../errors.ts';
import { numberId } from '../number-id.ts';
import type { AuditReader, AuditRow, AuditWriter } from '../port.ts';
import type { ReadHandle } from '../schema.ts';
import type { SealedRecord } from '../sealed-rows.ts';
import type { WriteScope } from '../write-scope.ts';
import type { TableContext } from './table-context.ts';

const HEAD = 32;

const open = ({ sort, plain }: SealedRecord): AuditRow => ({
  sequence: sort,
  head: plain.subarray(0, HEAD),
  payload: plain.subarray(HEAD),
});

export function createAuditReader(context: TableContext, db: ReadHandle): AuditReader {
  const { audit_rows: rows } = context.rows;
  return {
    last: async () => (await rows.list(db, { order: 'desc', limit: 1 })).map(open)[0],
    range: async (from, limit) => {
      const found = (await rows.list(db, { from, limit })).map(open);
      found.forEach((row, index) => {
        if (row.sequence !== Math.max(1, from) + index)
          throw storeError('STORE_ROWS_REPLACED', 'an audit row is missing');
      });
      return found;
    },
  };
}

export function createAuditWriter(context: TableContext, scope: WriteScope): AuditWriter {
  const { last } = createAuditReader(context, scope.db);
  return {
    last,
    append: async (rows) => {
      let next = ((await last())?.sequence ?? 0) + 1;
      for (const row of rows) {
        if (row.sequence !== next++) throw storeError('STORE_CONFLICT', 'audit rows do not follow on the last one');
        if (row.head.length !== HEAD) throw new RangeError('an audit head has 32 bytes');
      }
      await context.rows.audit_rows.insertMany(
        scope,
        rows.map(({ sequence, head, payload }) => ({
          id: numberId(sequence),
          sort: sequence,
          plain: Buffer.concat([head, payload]),
        })),
      );
    },
  };
}
