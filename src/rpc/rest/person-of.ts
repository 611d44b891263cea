import type { FastifyRequest } from 'fastify';
import type { Access, Session, User } from '../../access/port.ts';

/**
 * Whoever is logged in by cookie on our own pages, as of now. What was handed out to be used elsewhere (to an application, to a terminal) opens no
 * other session.
 */
export function personOf(
  { session: presented, headers }: FastifyRequest,
  access: Pick<Access, 'sessions' | 'users'>,
): { readonly session: Session; readonly user: User } | undefined {
  const session = presented && access.sessions.byId(presented.id);
  if (session === undefined || headers.authorization !== undefined || session.application !== undefined)
    return undefined;
  const user = access.users.byId(session.userId);
  return user === undefined ? undefined : { session, user };
}
