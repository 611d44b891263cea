import type { CheckpointReader, CheckpointWriter } from '../port.ts';
import type { ReadHandle } from '../schema.ts';
import type { WriteScope } from '../write-scope.ts';
import type { TableContext } from './table-context.ts';

const idOf = (context: TableContext, name: string) => context.blindIndex('checkpoint name', name);

export function createCheckpointReader(context: TableContext, db: ReadHandle): CheckpointReader {
  return { get: async (name) => (await context.rows.checkpoints.get(db, idOf(context, name)))?.plain };
}

export function createCheckpointWriter(context: TableContext, scope: WriteScope): CheckpointWriter {
  const { checkpoints } = context.rows;
  return {
    put: (name, value) => checkpoints.put(scope, { id: idOf(context, name), plain: value }),
    remove: async (name) => {
      await checkpoints.remove(scope, idOf(context, name));
    },
  };
}
