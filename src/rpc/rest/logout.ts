import type { FastifyInstance } from 'fastify';
import type { Access } from '../../access/port.ts';
import { type CookieOptions, clearSessionCookie } from '../authenticate.ts';
import { rpcError } from '../errors.ts';
import { sendPage } from '../pages/page.ts';
import { signedOutPage, signOutPage } from '../pages/sign-out-pages.ts';
import type { AuditSink } from '../port.ts';
import type { CheckRate } from '../rate-limits.ts';
import { createLoginCookies } from './login-cookies.ts';

/** Logout in a browser: here, and at the provider where it offers that (OpenID Connect RP-Initiated Logout 1.0). */
export function logoutRoutes(
  app: FastifyInstance,
  options: {
    readonly cookie: CookieOptions;
    readonly chain: { readonly chainName: string };
  },
  deps: { access: Pick<Access, 'oidcLogin' | 'sessions' | 'users'>; audit: AuditSink; checkRate: CheckRate },
): void {
  const { cookie, chain } = options;
  const { access, audit, checkRate } = deps;
  const cookies = createLoginCookies(cookie);

  app.get('/auth/logout', async (request, reply) => {
    await checkRate('auth', request);
    const person = request.session === undefined ? undefined : access.users.byId(request.session.userId);
    const provider = await access.oidcLogin?.endAtProvider(cookies.providerOf(request));
    return sendPage(reply, 200, signOutPage({ ...chain, displayName: person?.displayName, provider }));
  });

  app.post('/auth/logout', async (request, reply) => {
    await checkRate('auth', request);
    if (request.headers.origin !== cookie.origin) throw rpcError('REQUEST_CROSS_SITE');
    const { session } = request;
    if (session !== undefined) {
      await access.sessions.revoke(session.tokenHash);
      audit.record({ actor: session.userId, action: 'auth.logout', resource: '', detail: {} });
    }
    clearSessionCookie(reply, cookie);
    cookies.clearProvider(reply);
    // After the session is gone: a provider that does not answer must not keep anybody logged in here.
    const provider = await access.oidcLogin?.endAtProvider(cookies.providerOf(request));
    return reply.redirect(provider?.location ?? '/auth/signed-out', 303);
  });

  app.get('/auth/signed-out', (_request, reply) => sendPage(reply, 200, signedOutPage(chain.chainName)));
}
