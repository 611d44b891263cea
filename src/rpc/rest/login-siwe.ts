import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Access } from '../../access/port.ts';
import { isPrivityError } from '../../base/errors.ts';
import { type CookieOptions, setSessionCookie } from '../authenticate.ts';
import { clientNetwork } from '../client-network.ts';
import { rpcError } from '../errors.ts';
import type { AuditSink } from '../port.ts';
import type { CheckRate } from '../rate-limits.ts';
import { parseInput } from './parse-input.ts';
import { sessionTimes } from './session-times.ts';

export const challengeSchema = z.object({ address: z.string().max(64), domain: z.string().max(255).optional() });
export const answerSchema = z.object({
  message: z.string().max(4096),
  signature: z.string().max(2048),
  nonceToken: z.string().max(256),
});

/** Signs of somebody trying keys, rather than of a slow user. */
const SUSPICIOUS = ['SIWE_SIGNATURE_INVALID', 'SIWE_NONCE_USED', 'LOGIN_NOT_PERMITTED'];

/** Login by wallet signature (EIP-4361): the two calls that the public SDK makes, and the one of our own pages, which ends with a cookie. */
export function siweRoutes(
  app: FastifyInstance,
  options: { readonly cookie: CookieOptions },
  deps: { access: Pick<Access, 'siweChallenges' | 'siweLogin' | 'sessions'>; audit: AuditSink; checkRate: CheckRate },
): void {
  const { access, audit, checkRate } = deps;

  app.post('/api/siwe-messages', async (request) => {
    await checkRate('auth', request);
    return access.siweChallenges.issue(parseInput(challengeSchema, request.body), clientNetwork(request.ip));
  });

  app.post('/api/auth/login/crypto-native', async (request) => {
    const { token, session } = await login(request);
    return { token, ...sessionTimes(session) };
  });

  app.post('/auth/wallet', async (request, reply) => {
    // Or another site could log its visitors in as somebody else.
    if (request.headers.origin !== options.cookie.origin) throw rpcError('REQUEST_CROSS_SITE');
    const { token, session } = await login(request);
    setSessionCookie(reply, options.cookie, token, session.renewableUntil);
    return reply.code(204).send();
  });

  async function login(request: FastifyRequest) {
    await checkRate('auth', request);
    const answer = parseInput(answerSchema, request.body);
    try {
      const user = await access.siweLogin.verify(answer);
      const opened = await access.sessions.open(user, 'siwe');
      audit.record({ actor: user.id, action: 'auth.login', resource: '', detail: { method: 'siwe' } });
      return opened;
    } catch (error) {
      if (isPrivityError(error) && SUSPICIOUS.includes(error.code)) {
        audit.record({
          actor: 'anonymous',
          action: 'auth.login_failed',
          resource: '',
          detail: { method: 'siwe', code: error.code },
        });
      }
      throw error;
    }
  }
}
