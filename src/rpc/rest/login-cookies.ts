import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CookieOptions } from '../authenticate.ts';

/** Cookies of a login at a provider: of the one that is under way, and of the one where the person is logged in. Both are sealed by `access`. */
export function createLoginCookies({ cookie, pendingTtlMs }: { cookie: CookieOptions; pendingTtlMs: number }) {
  const prefix = cookie.secure ? '__Secure-' : '';
  const pending = `${prefix}privity_login`;
  const provider = `${prefix}privity_provider`;
  const shared = { path: '/auth', httpOnly: true, secure: cookie.secure, sameSite: 'lax' } as const;
  return {
    setPending: (reply: FastifyReply, value: string) =>
      void reply.setCookie(pending, value, { ...shared, maxAge: pendingTtlMs / 1000 }),
    pendingOf: (request: FastifyRequest) => request.cookies[pending],
    clearPending: (reply: FastifyReply) => void reply.clearCookie(pending, shared),
    setProvider: (reply: FastifyReply, value: string, expiresAt: number) =>
      void reply.setCookie(provider, value, { ...shared, expires: new Date(expiresAt) }),
    providerOf: (request: FastifyRequest) => request.cookies[provider],
    clearProvider: (reply: FastifyReply) => void reply.clearCookie(provider, shared),
  };
}
