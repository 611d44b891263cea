import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Access, Session, WalletGrant } from '../../access/port.ts';
import type { Clock } from '../../base/clock.ts';
import type { Announcements } from '../announcements.ts';
import { rpcError } from '../errors.ts';
import { addressSchema } from '../json-rpc/schema/primitives.ts';
import type { AuditSink } from '../port.ts';
import { idParams } from './id-params.ts';
import { parseInput } from './parse-input.ts';
import { requireLogin, requirePerson } from './require-login.ts';

const authorizationSchema = z.object({
  walletAddress: addressSchema,
  toAddress: addressSchema.optional(),
  nonce: z.number().int().nonnegative(),
  calldata: z
    .string()
    .regex(/^0x(?:[0-9a-fA-F]{2})*$/)
    .default('0x'),
  value: z
    .string()
    .regex(/^[0-9]{1,78}$/)
    .default('0'),
});

const authorizationMs = 3_600_000;

/** An application has a URL of its own, and neither learns nor replaces the person's. */
const grantOf = ({ id, userId, method }: Session): WalletGrant =>
  method === 'application' ? { userId, sessionId: id } : { userId };

const nameOf = ({ application }: Session): string => application ?? '';

/**
 * The RPC URL of an unmodified wallet, and the announcement of a transaction that the public SDK makes before it is signed: answered and
 * recorded, never required, because the signature and the policy decide.
 */
export function walletRoutes(
  app: FastifyInstance,
  deps: {
    access: Pick<Access, 'walletTokens' | 'sessions'>;
    audit: AuditSink;
    clock: Clock;
    announcements: Announcements;
  },
): void {
  const { access, audit, clock, announcements } = deps;

  app.get('/api/wallet/personal-rpc-token', async (request) => {
    const { token, expiresAt } = await access.walletTokens.current(grantOf(requireLogin(request)));
    return { token, expiresAt: new Date(expiresAt).toISOString() };
  });

  app.post('/api/wallet/invalidate', async (request) => {
    const session = requireLogin(request);
    const { token, expiresAt } = await access.walletTokens.rotate(grantOf(session));
    audit.record({ actor: session.userId, action: 'wallet.token_rotated', resource: nameOf(session), detail: {} });
    return {
      newWalletToken: token,
      expiresAt: new Date(expiresAt).toISOString(),
      message: 'The former wallet RPC URL no longer works.',
    };
  });

  app.get('/api/wallet/tokens', async (request) => {
    const { userId } = requirePerson(request);
    const items = access.walletTokens.ofUser(userId).map(({ id, sessionId, createdAt, expiresAt }) => ({
      id,
      application: (sessionId && access.sessions.byId(sessionId)?.application) ?? null,
      createdAt: new Date(createdAt).toISOString(),
      expiresAt: new Date(expiresAt).toISOString(),
    }));
    return { items };
  });

  app.post('/api/wallet/tokens/:id/revoke', async (request, reply) => {
    const { userId } = requirePerson(request);
    const { id } = parseInput(idParams, request.params);
    if (!(await access.walletTokens.revoke(userId, id))) throw rpcError('NOT_FOUND');
    audit.record({ actor: userId, action: 'wallet.token_revoked', resource: id, detail: {} });
    return reply.code(204).send();
  });

  app.post('/api/wallet/transaction-authorization', async (request) => {
    const { principal } = requireLogin(request);
    const { walletAddress, nonce } = parseInput(authorizationSchema, request.body);
    if (!principal.wallets.includes(walletAddress)) throw rpcError('WALLET_NOT_OWN');
    announcements.record(principal.subject, walletAddress, nonce);
    audit.record({
      actor: principal.subject,
      action: 'wallet.transaction_announced',
      resource: `0x${walletAddress.toString(16).padStart(40, '0')}`,
      detail: { nonce: String(nonce) },
    });
    const activeUntil = new Date(clock.now() + authorizationMs).toISOString();
    return { message: 'Recorded. Sign and send the transaction; the policy judges it when it arrives.', activeUntil };
  });
}
