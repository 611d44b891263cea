import { domainToASCII } from 'node:url';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Access, OidcLogin } from '../../access/port.ts';
import { type CookieOptions, setSessionCookie } from '../authenticate.ts';
import { rpcError } from '../errors.ts';
import { chooseProviderPage } from '../pages/choose-provider-page.ts';
import { goToProviderPage } from '../pages/go-to-provider-page.ts';
import { sendPage } from '../pages/page.ts';
import type { AuditSink } from '../port.ts';
import type { CheckRate } from '../rate-limits.ts';
import { createLoginCookies } from './login-cookies.ts';
import { parseInput } from './parse-input.ts';
import { sessionTimes } from './session-times.ts';

const returnToSchema = z.string().max(2048).default('/');
const loginSchema = z.object({
  return_to: returnToSchema,
  provider: z.string().max(64).optional(),
  redirected: z.literal('1').optional(),
});
const emailSchema = z.object({ return_to: returnToSchema, email: z.string().min(1).max(254) });

/**
 * Login at the provider of one's organisation. Ends with a cookie and a redirect for a browser, with the token as JSON for a client that asks for
 * JSON. Only the browser that began a login can end it.
 */
export function oidcRoutes(
  app: FastifyInstance,
  options: {
    readonly cookie: CookieOptions;
    readonly pendingTtlMs: number;
    readonly chain: { readonly chainName: string };
  },
  deps: { access: Pick<Access, 'oidcLogin' | 'sessions'>; audit: AuditSink; checkRate: CheckRate },
): void {
  const { cookie, chain } = options;
  const { access, audit, checkRate } = deps;
  const cookies = createLoginCookies(cookie);
  const configured = (): OidcLogin => {
    if (access.oidcLogin === undefined) throw rpcError('OIDC_NOT_CONFIGURED');
    return access.oidcLogin;
  };

  app.get('/auth/login', async (request, reply) => {
    await checkRate('auth', request);
    const { providers, start } = configured();
    const { redirected, return_to, provider: chosen } = parseInput(loginSchema, request.query);
    // The cookie must be set under the name of the host to which the provider sends the browser back. Once only: a proxy may rewrite the name.
    if (redirected === undefined && request.host !== new URL(cookie.origin).host) {
      const asked = { return_to, ...(chosen === undefined ? {} : { provider: chosen }), redirected: '1' };
      return reply.redirect(`${cookie.origin}/auth/login?${new URLSearchParams(asked)}`);
    }
    const provider = chosen ?? (providers.length === 1 ? providers[0]!.id : undefined);
    if (provider === undefined) return sendChoice(reply, return_to);
    const started = await start(provider, return_to);
    cookies.setPending(reply, started.cookie, options.pendingTtlMs);
    return reply.redirect(started.location);
  });

  app.post('/auth/login', async (request, reply) => {
    await checkRate('auth', request);
    if (request.headers.origin !== cookie.origin) throw rpcError('REQUEST_CROSS_SITE');
    const form = request.body instanceof URLSearchParams ? Object.fromEntries(request.body) : undefined;
    const { email, return_to } = parseInput(emailSchema, form);
    // Leads to a login, and says nothing of who somebody is: the provider does that.
    const typed = /@([^@/?#:\\\s]+)\s*$/.exec(email)?.[1];
    const domain = typed === undefined ? '' : domainToASCII(typed);
    const provider = configured().providers.find(({ emailDomains }) => emailDomains.includes(domain));
    if (provider === undefined) return sendChoice(reply, return_to, email);
    return sendPage(reply, 200, goToProviderPage(provider, return_to));
  });

  app.get<{ Params: { provider: string } }>('/auth/callback/:provider', async (request, reply) => {
    await checkRate('auth', request);
    const callback = new URL(request.url, cookie.origin);
    const finished = await configured().finish(request.params.provider, callback, cookies.pendingOf(request));
    const { user, returnTo } = finished;
    const { token, session } = await access.sessions.open(user, 'oidc');
    audit.record({
      actor: user.id,
      action: 'auth.login',
      resource: '',
      detail: { method: 'oidc', provider: request.params.provider },
    });
    cookies.clearPending(reply);
    if (request.headers.accept?.includes('application/json')) return { token, ...sessionTimes(session) };
    setSessionCookie(reply, cookie, token, session.renewableUntil);
    cookies.setProvider(reply, finished.logoutCookie, session.renewableUntil);
    return reply.redirect(returnTo);
  });

  function sendChoice(reply: FastifyReply, returnTo: string, unknownEmail?: string) {
    const { providers } = configured();
    const page = chooseProviderPage({
      chainName: chain.chainName,
      returnTo,
      providers: providers.filter(({ isListed }) => isListed),
      hasDomains: providers.some(({ emailDomains }) => emailDomains.length > 0),
      unknownEmail,
    });
    return sendPage(reply, unknownEmail === undefined ? 200 : 404, page);
  }
}
