import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientNetwork } from './client-network.ts';
import { rpcError } from './errors.ts';

/** Requests a minute, by class. */
export interface RateLimits {
  /** Logins and login messages, for one IPv4 address or IPv6 network of 64 bits. */
  readonly authPerMinute: number;
  /** Everything else without a login, for one such address or network. */
  readonly publicPerMinute: number;
  /** REST, for one user. */
  readonly userPerMinute: number;
  /** JSON-RPC requests, each of a batch counted, for one user. */
  readonly rpcPerMinute: number;
  /** Users and addresses remembered in each class. */
  readonly keysMax: number;
}

export type RateClass = 'auth' | 'public' | 'user' | 'rpc';

export type CheckRate = (rateClass: RateClass, request: FastifyRequest) => Promise<void>;

/** Throws RATE_LIMITED past the limit. A user's requests count together wherever they come from. */
export async function useRateLimits(app: FastifyInstance, limits: RateLimits): Promise<CheckRate> {
  await app.register(rateLimit, { global: false, cache: limits.keysMax });
  const byAddress = (request: FastifyRequest) => clientNetwork(request.ip);
  const byUser = (request: FastifyRequest) => request.principal?.subject ?? `ip ${byAddress(request)}`;
  const limiter = (max: number, keyGenerator: (request: FastifyRequest) => string) =>
    app.createRateLimit({ max, timeWindow: 60_000, keyGenerator });
  const limiters = {
    auth: limiter(limits.authPerMinute, byAddress),
    public: limiter(limits.publicPerMinute, byAddress),
    user: limiter(limits.userPerMinute, byUser),
    rpc: limiter(limits.rpcPerMinute, byUser),
  };
  return async (rateClass, request) => {
    const answer = await limiters[rateClass](request);
    if (!answer.isAllowed && answer.isExceeded) throw rpcError('RATE_LIMITED', rateClass);
  };
}
