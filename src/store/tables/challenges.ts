import type { ChallengeWriter } from '../port.ts';
import type { WriteScope } from '../write-scope.ts';
import type { TableContext } from './table-context.ts';

export function createChallengeWriter(context: TableContext, scope: WriteScope): ChallengeWriter {
  const { challenges: rows } = context.rows;
  const idOf = (id: string) => context.blindIndex('challenge', id);
  return {
    put: (id, expiresAt, payload) => rows.insert(scope, { id: idOf(id), sort: expiresAt, plain: payload }),
    take: async (id, now) => {
      const record = await rows.get(scope.db, idOf(id));
      if (record === undefined) return undefined;
      await rows.remove(scope, record.id);
      return record.sort > now ? record.plain : undefined;
    },
    purgeExpired: (now, limit) => rows.removeBetween(scope, 0, now, limit),
  };
}
