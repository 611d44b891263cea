import type { FastifyInstance } from 'fastify';
import type { Access } from '../../access/port.ts';
import { rpcError } from '../errors.ts';
import type { AuditSink } from '../port.ts';
import { idParams } from './id-params.ts';
import { parseInput } from './parse-input.ts';
import { requirePerson } from './require-login.ts';
import { sessionView } from './session-view.ts';

/**
 * The caller's sessions, those of applications among them: what there is, one gone, all others gone. With all others go all wallet URLs, the
 * caller's own too: a thief of a session has seen it.
 */
export function sessionsRoutes(
  app: FastifyInstance,
  deps: { access: Pick<Access, 'sessions'>; audit: AuditSink },
): void {
  const { audit } = deps;
  const { sessions } = deps.access;

  app.get('/api/sessions', async (request) => {
    const current = requirePerson(request);
    const items = sessions
      .ofUser(current.userId)
      .map((session) => ({ ...sessionView(session), isCurrent: session.id === current.id }));
    return { items };
  });

  app.post('/api/sessions/:id/revoke', async (request, reply) => {
    const { userId } = requirePerson(request);
    const session = sessions.byId(parseInput(idParams, request.params).id);
    if (session?.userId !== userId) throw rpcError('NOT_FOUND');
    await sessions.revoke(session.tokenHash);
    audit.record({ actor: userId, action: 'session.revoked', resource: session.id, detail: {} });
    return reply.code(204).send();
  });

  app.post('/api/sessions/revoke-others', async (request, reply) => {
    const session = requirePerson(request);
    const count = sessions.ofUser(session.userId).length - 1;
    await sessions.revokeOthers(session, {
      actor: session.userId,
      action: 'session.others_revoked',
      resource: '',
      detail: { count: String(count) },
    });
    return reply.code(204).send();
  });
}
