import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Access } from '../../access/port.ts';
import type { Clock } from '../../base/clock.ts';
import type { Announcements } from '../announcements.ts';
import { rpcError } from '../errors.ts';
import { addressSchema } from '../json-rpc/schema/primitives.ts';
import type { AuditSink } from '../port.ts';
import { parseInput } from './parse-input.ts';
import { requireLogin } from './require-login.ts';

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

/**
 * The RPC URL of an unmodified wallet, and the announcement of a transaction that the public SDK makes before it is signed: answered and
 * recorded, never required, because the signature and the policy decide.
 */
export function walletRoutes(
  app: FastifyInstance,
  deps: { access: Pick<Access, 'walletTokens'>; audit: AuditSink; clock: Clock; announcements: Announcements },
): void {
  const { access, audit, clock, announcements } = deps;

  app.get('/api/wallet/personal-rpc-token', async (request) => ({
    token: await access.walletTokens.current(requireLogin(request).userId),
  }));

  app.post('/api/wallet/invalidate', async (request) => {
    const { userId } = requireLogin(request);
    const newWalletToken = await access.walletTokens.rotate(userId);
    audit.record({ actor: userId, action: 'wallet.token_rotated', resource: '', detail: {} });
    return { newWalletToken, message: 'The former wallet RPC URL no longer works.' };
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
