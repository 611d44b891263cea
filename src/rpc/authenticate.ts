import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Session, SessionTable } from '../access/port.ts';
import { rpcError } from './errors.ts';
import type { Principal } from './port.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route asks who calls by itself. */
    authenticatesItself?: boolean;
  }
  interface FastifyRequest {
    principal: Principal | undefined;
    session: Session | undefined;
    /** A token was given and is not, or no longer, that of a session. */
    tokenRefused: boolean;
  }
}

export interface CookieOptions {
  readonly name: string;
  readonly secure: boolean;
  /** Origin of our own pages. */
  readonly origin: string;
}

/**
 * One token, or two where the public SDK (0.18) repeats the header: after the one that it had when its page was loaded comes the one that it
 * has now, and browsers join them. Only the last counts.
 */
const BEARER = /^Bearer ([\w-]+)(?:, Bearer ([\w-]+))?$/;

/** Bearer token, else our own cookie; decides nothing. */
export function createAuthenticate(cookie: CookieOptions, deps: { sessions: Pick<SessionTable, 'find'> }) {
  return (request: FastifyRequest): void => {
    const token = tokenOf(request, cookie);
    if (token === undefined) return;
    const session = deps.sessions.find(token);
    request.session = session;
    request.principal = session?.principal;
    request.tokenRefused = session === undefined;
  };
}

function tokenOf(request: FastifyRequest, cookie: CookieOptions): string | undefined {
  const { authorization, origin } = request.headers;
  if (authorization !== undefined) {
    const [, first, second] = BEARER.exec(authorization) ?? [];
    return second ?? first ?? '';
  }
  const token = request.cookies[cookie.name];
  if (token === undefined) return undefined;
  // Browsers send cookies with requests that other sites' pages make; they always name the page's origin in those that may change something.
  const safe = request.method === 'GET' || request.method === 'HEAD';
  if (!safe && origin !== cookie.origin) throw rpcError('REQUEST_CROSS_SITE');
  return token;
}

const attributesOf = (cookie: CookieOptions) =>
  ({ path: '/', httpOnly: true, secure: cookie.secure, sameSite: 'lax' }) as const;

/** With the attributes it was set with: browsers let nothing else touch a cookie whose name begins with `__Host-`. */
export function clearSessionCookie(reply: FastifyReply, cookie: CookieOptions): void {
  reply.clearCookie(cookie.name, attributesOf(cookie));
}

export function setSessionCookie(reply: FastifyReply, cookie: CookieOptions, token: string, expiresAt: number): void {
  reply.setCookie(cookie.name, token, {
    ...attributesOf(cookie),
    expires: new Date(expiresAt),
  });
}
