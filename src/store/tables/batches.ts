import { numberId } from '../number-id.ts';
import type { BatchReader, BatchRecord, BatchWriter } from '../port.ts';
import { decodeRecord, encodeRecord } from '../record-json.ts';
import type { ReadHandle } from '../schema.ts';
import type { WriteScope } from '../write-scope.ts';
import type { TableContext } from './table-context.ts';

export function createBatchReader(context: TableContext, db: ReadHandle): BatchReader {
  const { batches } = context.rows;
  const decode = ({ plain }: { plain: Uint8Array }) => decodeRecord<BatchRecord>(plain);
  return {
    latest: async () => (await batches.list(db, { order: 'desc', limit: 1 })).map(decode)[0],
    byNumber: async (number) => {
      const record = await batches.get(db, numberId(number));
      return record === undefined ? undefined : decode(record);
    },
    range: async (from, limit) => (await batches.list(db, { from, limit })).map(decode),
  };
}

export function createBatchWriter(context: TableContext, scope: WriteScope): BatchWriter {
  const { batches } = context.rows;
  return {
    put: (batch) => batches.put(scope, { id: numberId(batch.number), sort: batch.number, plain: encodeRecord(batch) }),
    removeAbove: async (number) => {
      while ((await batches.removeBetween(scope, number + 1, Number.MAX_SAFE_INTEGER, 500)) > 0);
    },
  };
}
