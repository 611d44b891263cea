import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Access } from '../../access/port.ts';
import { isPrivityError } from '../../base/errors.ts';
import type { AuditSink } from '../port.ts';
import type { CheckRate } from '../rate-limits.ts';
import { parseInput } from './parse-input.ts';
import { sessionTimes } from './session-times.ts';

const challengeSchema = z.object({ address: z.string().max(64), domain: z.string().max(255).optional() });
const answerSchema = z.object({
  message: z.string().max(4096),
  signature: z.string().max(2048),
  nonceToken: z.string().max(256),
});

/** Signs of somebody trying keys, rather than of a slow user. */
const SUSPICIOUS = ['SIWE_SIGNATURE_INVALID', 'SIWE_NONCE_USED', 'LOGIN_NOT_PERMITTED'];

/** Login by wallet signature (EIP-4361): the two calls that the public SDK makes. */
export function siweRoutes(
  app: FastifyInstance,
  deps: { access: Pick<Access, 'siweChallenges' | 'siweLogin' | 'sessions'>; audit: AuditSink; checkRate: CheckRate },
): void {
  const { access, audit, checkRate } = deps;

  app.post('/api/siwe-messages', async (request) => {
    await checkRate('auth', request);
    return access.siweChallenges.issue(parseInput(challengeSchema, request.body), request.ip);
  });

  app.post('/api/auth/login/crypto-native', async (request) => {
    await checkRate('auth', request);
    const answer = parseInput(answerSchema, request.body);
    try {
      const user = await access.siweLogin.verify(answer);
      const { token, session } = await access.sessions.open(user, 'siwe');
      audit.record({ actor: user.id, action: 'auth.login', resource: '', detail: { method: 'siwe' } });
      return { token, ...sessionTimes(session) };
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
  });
}
