import type { DenialReader, DenialWriter } from '../port.ts';
import type { ReadHandle } from '../schema.ts';
import type { WriteScope } from '../write-scope.ts';
import type { TableContext } from './table-context.ts';

const idOf = (context: TableContext, hash: Uint8Array) => context.blindIndex('denied transaction hash', hash);

export function createDenialReader(context: TableContext, db: ReadHandle): DenialReader {
  const { denials } = context.rows;
  return {
    byHash: async (hash) => (await denials.get(db, idOf(context, hash)))?.plain,
    ofBatch: async (batch, limit) =>
      (await denials.list(db, { from: batch, to: batch, limit })).map((record) => record.plain),
  };
}

export function createDenialWriter(context: TableContext, scope: WriteScope): DenialWriter {
  return {
    put: (hash, batch, payload) =>
      context.rows.denials.insert(scope, { id: idOf(context, hash), sort: batch, plain: payload }),
  };
}
