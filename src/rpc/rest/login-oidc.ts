import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Access } from '../../access/port.ts';
import { type CookieOptions, setSessionCookie } from '../authenticate.ts';
import { rpcError } from '../errors.ts';
import type { AuditSink } from '../port.ts';
import type { CheckRate } from '../rate-limits.ts';
import { parseInput } from './parse-input.ts';
import { sessionTimes } from './session-times.ts';

const loginSchema = z.object({ return_to: z.string().max(2048).default('/'), redirected: z.literal('1').optional() });

/**
 * Login by the bank's identity provider. Ends with a cookie and a redirect for a browser, with the token as JSON for a client that asks for JSON.
 * Only the browser that began a login can end it.
 */
export function oidcRoutes(
  app: FastifyInstance,
  options: { readonly cookie: CookieOptions; readonly pendingTtlMs: number },
  deps: { access: Pick<Access, 'oidcLogin' | 'sessions'>; audit: AuditSink; checkRate: CheckRate },
): void {
  const { cookie } = options;
  const { access, audit, checkRate } = deps;
  const pendingCookie = cookie.secure ? '__Secure-privity_login' : 'privity_login';
  const configured = () => {
    if (access.oidcLogin === undefined) throw rpcError('OIDC_NOT_CONFIGURED');
    return access.oidcLogin;
  };

  app.get('/auth/login', async (request, reply) => {
    await checkRate('auth', request);
    const login = configured();
    const { return_to, redirected } = parseInput(loginSchema, request.query);
    // The cookie must be set under the name of the host to which the provider sends the browser back. Once only: a proxy may rewrite the name.
    if (redirected === undefined && request.host !== new URL(cookie.origin).host) {
      return reply.redirect(`${cookie.origin}/auth/login?${new URLSearchParams({ return_to, redirected: '1' })}`);
    }
    const started = await login.start(return_to);
    return reply
      .setCookie(pendingCookie, started.cookie, {
        path: '/auth',
        httpOnly: true,
        secure: cookie.secure,
        sameSite: 'lax',
        maxAge: options.pendingTtlMs / 1000,
      })
      .redirect(started.location);
  });

  app.get('/auth/callback', async (request, reply) => {
    await checkRate('auth', request);
    const callback = new URL(request.url, cookie.origin);
    const { user, returnTo } = await configured().finish(callback, request.cookies[pendingCookie]);
    const { token, session } = await access.sessions.open(user, 'oidc');
    audit.record({ actor: user.id, action: 'auth.login', resource: '', detail: { method: 'oidc' } });
    reply.clearCookie(pendingCookie, { path: '/auth' });
    if (request.headers.accept?.includes('application/json')) return { token, ...sessionTimes(session) };
    setSessionCookie(reply, cookie, token, session.renewableUntil);
    return reply.redirect(returnTo);
  });
}
