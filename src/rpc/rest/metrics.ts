import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { equalConstantTime, type Secret } from '../../base/secret.ts';
import { rpcError } from '../errors.ts';

const FORWARDING = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/**
 * Prometheus metrics, on the same port: from loopback, or with the configured bearer token. A request that a reverse proxy on this machine passed
 * on comes from loopback too, so one with forwarding headers counts as from outside. Everybody else finds nothing here.
 */
export function metricsRoutes(
  app: FastifyInstance,
  options: { readonly metricsToken: Secret<string> | undefined },
  deps: { registry: Registry },
): void {
  app.get('/metrics', async (request, reply) => {
    if (!isLocal(request) && !hasToken(request, options.metricsToken)) throw rpcError('NOT_FOUND');
    return reply.type(deps.registry.contentType).send(await deps.registry.metrics());
  });
}

const isLocal = (request: FastifyRequest): boolean =>
  LOOPBACK.has(request.socket.remoteAddress ?? '') && FORWARDING.every((name) => request.headers[name] === undefined);

function hasToken({ headers }: FastifyRequest, token: Secret<string> | undefined): boolean {
  if (token === undefined || token.reveal() === '') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return equalConstantTime(digest(headers.authorization ?? ''), digest(`Bearer ${token.reveal()}`));
}
