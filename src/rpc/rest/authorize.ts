import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { getAddress } from 'viem';
import type { Access, Session } from '../../access/port.ts';
import { type CookieOptions, clearSessionCookie } from '../authenticate.ts';
import { rpcError } from '../errors.ts';
import {
  type Application,
  type AuthorizationRequest,
  authorizationPath,
  callbackUrl,
  readAuthorizationRequest,
} from '../pages/authorization-request.ts';
import { consentPage } from '../pages/consent-page.ts';
import { sendPage } from '../pages/page.ts';
import { signInPage } from '../pages/sign-in-page.ts';
import type { AuditSink } from '../port.ts';
import type { CheckRate } from '../rate-limits.ts';
import { createLoginCookies } from './login-cookies.ts';
import { personOf } from './person-of.ts';

const formBytesMax = 8192;

export interface AuthorizeOptions {
  readonly cookie: CookieOptions;
  readonly applications: readonly Application[];
  readonly chain: { readonly chainName: string; readonly chainId: bigint };
}

/**
 * Hands a registered application a session of its own, when the person says so on our page: the popup flow of the public SDK. The token goes to
 * an address registered beforehand, behind its hash, and carries no staff rights.
 */
export function authorizeRoutes(
  app: FastifyInstance,
  { cookie, applications, chain }: AuthorizeOptions,
  deps: { access: Pick<Access, 'sessions' | 'users' | 'oidcLogin'>; audit: AuditSink; checkRate: CheckRate },
): void {
  const { access, audit, checkRate } = deps;
  assets(app);
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: formBytesMax },
    (_request, body, done) => done(null, new URLSearchParams(body as string)),
  );

  app.get('/auth/authorize', async (request, reply) => {
    await checkRate('auth', request);
    const asked = readAuthorizationRequest(new URL(request.url, cookie.origin).searchParams, applications);
    const person = personOf(request, access);
    if (person === undefined) {
      return sendPage(reply, 200, signInPage(asked, { ...chain, hasProvider: access.oidcLogin !== undefined }));
    }
    const { displayName, wallets } = person.user;
    return sendPage(
      reply,
      200,
      consentPage(asked, { ...chain, displayName, wallets: wallets.map((wallet) => getAddress(wallet)) }),
    );
  });

  app.post('/auth/authorize', async (request, reply) => {
    await checkRate('auth', request);
    // Not left to the cookie's own check: nobody else's page may decide, whatever the request carries.
    if (request.headers.origin !== cookie.origin) throw rpcError('REQUEST_CROSS_SITE');
    if (!(request.body instanceof URLSearchParams)) throw rpcError('AUTHORIZE_REQUEST', 'no form');
    const asked = readAuthorizationRequest(request.body, applications);
    const person = personOf(request, access);
    if (person === undefined) return reply.redirect(authorizationPath(asked), 303);
    const decision = request.body.get('decision');
    if (decision === 'switch') return switchAccount(person.session, asked, reply);
    if (decision !== 'allow') throw rpcError('AUTHORIZE_REQUEST', 'decision');
    const { user } = person;
    if (asked.scopes.has('wallet:required') && user.wallets.length === 0) throw rpcError('AUTHORIZE_WALLET_MISSING');
    const { token } = await access.sessions.open(user, 'application', asked.clientId);
    audit.record({
      actor: user.id,
      action: 'auth.application_authorized',
      resource: asked.clientId,
      detail: { redirect: asked.redirectUri },
    });
    return reply.redirect(callbackUrl(asked, { token }), 303);
  });

  async function switchAccount(session: Session, asked: AuthorizationRequest, reply: FastifyReply) {
    await access.sessions.revoke(session.tokenHash);
    audit.record({ actor: session.userId, action: 'auth.logout', resource: '', detail: {} });
    clearSessionCookie(reply, cookie);
    createLoginCookies(cookie).clearProvider(reply);
    return reply.redirect(authorizationPath(asked), 303);
  }
}

function assets(app: FastifyInstance): void {
  const types = { 'pages.css': 'text/css; charset=utf-8', 'pages.js': 'text/javascript; charset=utf-8' };
  for (const [name, type] of Object.entries(types)) {
    const text = readFileSync(new URL(`../pages/assets/${name}`, import.meta.url), 'utf8');
    app.get(`/auth/assets/${name}`, (_request, reply) => reply.type(type).send(text));
  }
}
