import type { FastifyInstance } from 'fastify';
import type { Probe } from '../port.ts';

/** `/health`: the process answers. `/readyz`: everything it needs answers too, and what is wrong besides; names only, because nobody has logged in. */
export function healthRoutes(
  app: FastifyInstance,
  options: { readonly version: string },
  deps: { readiness: () => Promise<readonly Probe[]> },
): void {
  app.get('/health', async () => ({ status: 'ok', version: options.version }));
  app.get('/readyz', async (_request, reply) => {
    const probes = await deps.readiness();
    const ready = probes.every(({ ok, besides }) => ok || besides);
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not ready',
      checks: Object.fromEntries(probes.map(({ name, ok }) => [name, ok])),
    });
  });
}
