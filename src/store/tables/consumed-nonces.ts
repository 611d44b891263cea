import type { NonceWriter } from '../port.ts';
import type { WriteScope } from '../write-scope.ts';
import type { TableContext } from './table-context.ts';

export function createNonceWriter(context: TableContext, scope: WriteScope): NonceWriter {
  const { consumed_nonces: rows } = context.rows;
  return {
    consume: async (nonce, expiresAt) => {
      const id = context.blindIndex('consumed nonce', nonce);
      // Write transactions wait for each other, so nobody comes between the question and the insert.
      if (await rows.has(scope.db, id)) return false;
      await rows.insert(scope, { id, sort: expiresAt, plain: new Uint8Array(0) });
      return true;
    },
    purgeExpired: (now, limit) => rows.removeBetween(scope, 0, now, limit),
  };
}
