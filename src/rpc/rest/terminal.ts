import type { FastifyInstance } from 'fastify';
import type { Access } from '../../access/port.ts';
import type { CookieOptions } from '../authenticate.ts';
import { rpcError } from '../errors.ts';
import { sendPage } from '../pages/page.ts';
import { terminalPage, terminalTokenPage } from '../pages/terminal-page.ts';
import type { AuditSink } from '../port.ts';
import type { CheckRate } from '../rate-limits.ts';
import { personOf } from './person-of.ts';

/** As it stands in lists of sessions. */
const TERMINAL = 'privity command';

/**
 * A session for the command line, which no browser hands its cookie to: the person makes one on our page and takes the token over. It lives no longer
 * than the session it was made in could, so that none renews itself without a login; it does not end when that one is ended before.
 */
export function terminalRoutes(
  app: FastifyInstance,
  { cookie }: { readonly cookie: CookieOptions },
  deps: { access: Pick<Access, 'sessions' | 'users'>; audit: AuditSink; checkRate: CheckRate },
): void {
  const { access, audit, checkRate } = deps;
  const loginPath = `/auth/login?${new URLSearchParams({ return_to: '/auth/terminal' })}`;

  app.get('/auth/terminal', async (request, reply) => {
    await checkRate('auth', request);
    const person = personOf(request, access);
    return person === undefined
      ? reply.redirect(loginPath, 303)
      : sendPage(reply, 200, terminalPage(person.user.displayName));
  });

  app.post('/auth/terminal', async (request, reply) => {
    await checkRate('auth', request);
    if (request.headers.origin !== cookie.origin) throw rpcError('REQUEST_CROSS_SITE');
    const person = personOf(request, access);
    if (person === undefined) return reply.redirect(loginPath, 303);
    const { user, session } = person;
    const opened = await access.sessions.open(user, session.method, TERMINAL, session.renewableUntil);
    audit.record({ actor: user.id, action: 'auth.terminal_session', resource: opened.session.id, detail: {} });
    const until = `${new Date(opened.session.renewableUntil).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
    return sendPage(reply, 200, terminalTokenPage(opened.token, until));
  });
}
