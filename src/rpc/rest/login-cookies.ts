import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CookieOptions } from '../authenticate.ts';

/** Cookies of a login at a provider: of the one that is under way, and of the one where the person is logged in. Both are sealed by `access`. */
export function createLoginCookies(cookie: CookieOptions) {
  const shared = { httpOnly: true, secure: cookie.secure, sameSite: 'lax' } as const;
  // `__Host-`, or a neighbouring host of our domain could set its own login that is under way, and log somebody in as itself (login CSRF).
  const pending = `${cookie.secure ? '__Host-' : ''}privity_login`;
  const pendingAttributes = { ...shared, path: '/' };
  // Large, so only where it is read. Whoever sets another one changes where a logout ends at most, among our providers.
  const provider = `${cookie.secure ? '__Secure-' : ''}privity_provider`;
  const providerAttributes = { ...shared, path: '/auth' };
  return {
    setPending: (reply: FastifyReply, value: string, ttlMs: number) =>
      void reply.setCookie(pending, value, { ...pendingAttributes, maxAge: ttlMs / 1000 }),
    pendingOf: (request: FastifyRequest) => request.cookies[pending],
    clearPending: (reply: FastifyReply) => void reply.clearCookie(pending, pendingAttributes),
    setProvider: (reply: FastifyReply, value: string, expiresAt: number) =>
      void reply.setCookie(provider, value, { ...providerAttributes, expires: new Date(expiresAt) }),
    providerOf: (request: FastifyRequest) => request.cookies[provider],
    clearProvider: (reply: FastifyReply) => void reply.clearCookie(provider, providerAttributes),
  };
}
