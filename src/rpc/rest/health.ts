import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import type { Probe } from '../port.ts';
import { createSharedLook } from '../shared-look.ts';

const readinessMaxAgeMs = 1_000;

/**
 * `/health`: the process answers. `/readyz`: everything it needs answers too, and what is wrong besides; names only, and of a moment ago,
 * because nobody has logged in.
 */
export function healthRoutes(
  app: FastifyInstance,
  options: { readonly version: string },
  deps: { readiness: () => Promise<readonly Probe[]>; clock: Clock },
): void {
  const look = createSharedLook({ maxAgeMs: readinessMaxAgeMs }, { look: deps.readiness, clock: deps.clock });
  app.get('/health', async () => ({ status: 'ok', version: options.version }));
  app.get('/readyz', async (_request, reply) => {
    const probes = await look();
    const ready = probes.every(({ ok, besides }) => ok || besides);
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not ready',
      checks: Object.fromEntries(probes.map(({ name, ok }) => [name, ok])),
    });
  });
}
