import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { equalConstantTime, type Secret } from '../../base/secret.ts';
import { rpcError } from '../errors.ts';

/**
 * Prometheus metrics, on the same port, for the bearer of the configured token; without one, for nobody. Where a request comes from opens
 * nothing: a proxy on this machine passes on what the world asks, and need not say so. Everybody else finds nothing here.
 */
export function metricsRoutes(
  app: FastifyInstance,
  options: { readonly metricsToken: Secret<string> | undefined },
  deps: { registry: Registry },
): void {
  app.get('/metrics', async (request, reply) => {
    if (!hasToken(request, options.metricsToken)) throw rpcError('NOT_FOUND');
    return reply.type(deps.registry.contentType).send(await deps.registry.metrics());
  });
}

function hasToken({ headers }: FastifyRequest, token: Secret<string> | undefined): boolean {
  if (token === undefined || token.reveal() === '') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return equalConstantTime(digest(headers.authorization ?? ''), digest(`Bearer ${token.reveal()}`));
}
