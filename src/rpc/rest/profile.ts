import type { FastifyInstance } from 'fastify';
import { getAddress } from 'viem';
import type { Access } from '../../access/port.ts';
import { rpcError } from '../errors.ts';
import { requireLogin } from './require-login.ts';

/** What the caller is to this chain. */
export function profileRoutes(app: FastifyInstance, deps: { access: Pick<Access, 'users'> }): void {
  app.get('/api/profiles/me', async (request) => {
    const { principal } = requireLogin(request);
    const user = deps.access.users.byId(principal.subject);
    if (user === undefined) throw rpcError('LOGIN_REQUIRED');
    return {
      id: user.id,
      displayName: user.displayName,
      createdAt: new Date(user.createdAt).toISOString(),
      updatedAt: new Date(user.updatedAt).toISOString(),
      // The roles of this login, which may be fewer than the user's.
      roles: principal.roles.map((roleName) => ({ roleName })),
      wallets: user.wallets.map((wallet) => ({ walletAddress: getAddress(wallet) })),
    };
  });
}
