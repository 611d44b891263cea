import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getAddress } from 'viem';
import { z } from 'zod';
import type { Access, User } from '../../access/port.ts';
import { rpcError } from '../errors.ts';
import type { AuditSink } from '../port.ts';
import { addressParams } from './address-params.ts';
import { idParams } from './id-params.ts';
import { parseInput } from './parse-input.ts';
import { requirePermission } from './require-login.ts';
import { sessionView } from './session-view.ts';

const pageDefault = 100;
const pageMax = 1000;

const pageQuery = z.object({
  after: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(pageMax).default(pageDefault),
});
const userQuery = z.object({ userId: idParams.shape.id });
const walletParams = idParams.extend(addressParams.shape);
const reasonBody = z.object({ reason: z.string().trim().min(3).max(500) });

/**
 * People, their sessions and their wallets, for administrators: `admin_read` looks, `admin_write` ends, disables, enables and unlinks, with a
 * reason. Who looked at somebody is recorded as well as what was done.
 */
export function adminUserRoutes(
  app: FastifyInstance,
  deps: { access: Pick<Access, 'users' | 'sessions' | 'administration'>; audit: AuditSink },
): void {
  const { audit } = deps;
  const { users, sessions, administration } = deps.access;

  const view = (user: User) => ({
    id: user.id,
    displayName: user.displayName,
    source: user.source,
    issuer: user.issuer,
    subject: user.subject,
    roles: user.roles.map((roleName) => ({ roleName })),
    wallets: user.wallets.map((wallet) => ({ walletAddress: getAddress(wallet) })),
    disabled: user.disabled,
    sessions: sessions.ofUser(user.id).length,
    createdAt: new Date(user.createdAt).toISOString(),
    updatedAt: new Date(user.updatedAt).toISOString(),
  });
  const read = (actor: string, action: string, resource: string) =>
    audit.record({ actor, action, resource, detail: {} });
  const userOf = (id: string): User => {
    const user = users.byId(id);
    if (user === undefined) throw rpcError('NOT_FOUND');
    return user;
  };

  app.get('/api/users', async (request) => {
    const { userId: actor } = requirePermission(request, 'admin_read');
    read(actor, 'read.users', '');
    const { after, limit } = parseInput(pageQuery, request.query);
    const rest = [...users.all()]
      .filter(({ id }) => after === undefined || id > after)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const page = rest.slice(0, limit);
    return { items: page.map(view), next: rest.length > limit ? page.at(-1)!.id : null };
  });

  app.get('/api/users/:id', async (request) => {
    const { userId: actor } = requirePermission(request, 'admin_read');
    const { id } = parseInput(idParams, request.params);
    read(actor, 'read.users', id);
    return view(userOf(id));
  });

  app.get('/api/admin/sessions', async (request) => {
    const { userId: actor } = requirePermission(request, 'admin_read');
    const { userId } = parseInput(userQuery, request.query);
    read(actor, 'read.sessions', userId);
    return { items: sessions.ofUser(userOf(userId).id).map((session) => ({ userId, ...sessionView(session) })) };
  });

  const order = (
    path: string,
    act: (request: FastifyRequest, said: { actor: string; reason: string }) => Promise<void>,
  ) =>
    app.post(path, async (request: FastifyRequest, reply: FastifyReply) => {
      const { userId: actor } = requirePermission(request, 'admin_write');
      const { reason } = parseInput(reasonBody, request.body);
      await act(request, { actor, reason });
      return reply.code(204).send();
    });

  order('/api/users/:id/disable', (request, said) =>
    administration.disable({ ...said, userId: parseInput(idParams, request.params).id }),
  );
  order('/api/users/:id/enable', (request, said) =>
    administration.enable({ ...said, userId: parseInput(idParams, request.params).id }),
  );
  order('/api/users/:id/wallets/:address/unlink', (request, said) => {
    const { id, address } = parseInput(walletParams, request.params);
    return administration.unlinkWallet({ ...said, userId: id, address });
  });
  order('/api/admin/sessions/revoke-all', (request, said) =>
    administration.endSessions({ ...said, userId: parseInput(userQuery, request.query).userId }),
  );
  order('/api/admin/sessions/:id/revoke', (request, said) =>
    administration.endSession({ ...said, sessionId: parseInput(idParams, request.params).id }),
  );
}
