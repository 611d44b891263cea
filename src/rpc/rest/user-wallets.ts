import type { FastifyInstance } from 'fastify';
import { getAddress } from 'viem';
import type { Access } from '../../access/port.ts';
import { clientNetwork } from '../client-network.ts';
import type { CheckRate } from '../rate-limits.ts';
import { addressParams } from './address-params.ts';
import { answerSchema, challengeSchema } from './login-siwe.ts';
import { parseInput } from './parse-input.ts';
import { requireLogin } from './require-login.ts';

/** The caller's wallets: listed, linked by a signature of their key, unlinked. Both acts are in the audit log, in their own transactions. */
export function userWalletRoutes(
  app: FastifyInstance,
  deps: { access: Pick<Access, 'users' | 'walletLinks'>; checkRate: CheckRate },
): void {
  const { access, checkRate } = deps;

  app.get('/api/user-wallets', async (request) => {
    const { userId } = requireLogin(request);
    const wallets = access.users.byId(userId)?.wallets ?? [];
    return { wallets: wallets.map((wallet) => ({ walletAddress: getAddress(wallet) })) };
  });

  app.post('/api/user-wallets/messages', async (request) => {
    const session = requireLogin(request);
    await checkRate('auth', request);
    return access.walletLinks.issue(session, parseInput(challengeSchema, request.body), clientNetwork(request.ip));
  });

  app.post('/api/user-wallets', async (request, reply) => {
    const session = requireLogin(request);
    await checkRate('auth', request);
    const wallet = await access.walletLinks.link(session, parseInput(answerSchema, request.body));
    return reply.code(201).send({ walletAddress: getAddress(wallet) });
  });

  app.delete('/api/user-wallets/:address', async (request, reply) => {
    const session = requireLogin(request);
    await access.walletLinks.unlink(session, parseInput(addressParams, request.params).address);
    return reply.code(204).send();
  });
}
