import type { SessionReader, SessionRecord, SessionWriter } from '../port.ts';
import type { ReadHandle } from '../schema.ts';
import type { WriteScope } from '../write-scope.ts';
import { createPersonalRows, subjectOf } from './personal-rows.ts';
import type { TableContext } from './table-context.ts';

const idOf = (context: TableContext, tokenHash: Uint8Array) => context.blindIndex('session token', tokenHash);

export function createSessionReader(context: TableContext, db: ReadHandle): SessionReader {
  const sessions = createPersonalRows<SessionRecord>(context, 'sessions');
  return {
    byTokenHash: (tokenHash) => sessions.get(db, idOf(context, tokenHash)),
    ofUser: (userId) => sessions.owned(db, subjectOf(userId)),
    all: () => sessions.all(db),
  };
}

export function createSessionWriter(context: TableContext, scope: WriteScope): SessionWriter {
  const sessions = createPersonalRows<SessionRecord>(context, 'sessions');
  const place = (session: SessionRecord) => ({
    id: idOf(context, session.tokenHash),
    owner: subjectOf(session.userId),
    sort: session.expiresAt,
  });
  return {
    ...createSessionReader(context, scope.db),
    create: (session) => sessions.insert(scope, place(session), session),
    update: (session) => sessions.replace(scope, place(session), session),
    revoke: (tokenHash) => sessions.remove(scope, idOf(context, tokenHash)),
    revokeAllOf: (userId) => sessions.removeOwned(scope, subjectOf(userId)),
    purgeExpired: (now, limit) => sessions.removeBetween(scope, 0, now, limit),
  };
}
