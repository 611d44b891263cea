import type { FastifyInstance } from 'fastify';
import type { Access } from '../../access/port.ts';
import { type CookieOptions, clearSessionCookie } from '../authenticate.ts';
import type { AuditSink } from '../port.ts';
import { createLoginCookies } from './login-cookies.ts';
import { requireLogin } from './require-login.ts';
import { sessionTimes } from './session-times.ts';

/** The caller's own session: what it is, longer, gone. */
export function sessionRoutes(
  app: FastifyInstance,
  { cookie }: { readonly cookie: CookieOptions },
  deps: { access: Pick<Access, 'sessions'>; audit: AuditSink },
): void {
  app.get('/api/auth/current-session', async (request) => ({ type: 'user', ...sessionTimes(requireLogin(request)) }));

  app.post('/api/auth/extend-session', async (request) =>
    sessionTimes(await deps.access.sessions.extend(requireLogin(request))),
  );

  app.post('/api/auth/logout', async (request, reply) => {
    const session = requireLogin(request);
    await deps.access.sessions.revoke(session.tokenHash);
    deps.audit.record({ actor: session.userId, action: 'auth.logout', resource: '', detail: {} });
    clearSessionCookie(reply, cookie);
    createLoginCookies(cookie).clearProvider(reply);
    return {};
  });
}
