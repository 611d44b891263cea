import type { FastifyInstance } from 'fastify';
import { nodeError } from './errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'may not be used by this user',
  EADDRNOTAVAIL: 'is no address of this machine',
};

/** Opens the HTTP side, or says which address is in the way and what to set. */
export async function listen(web: Pick<FastifyInstance, 'listen'>, host: string, port: number): Promise<void> {
  try {
    await web.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const reason = `${host} port ${port} ${REASONS[code] ?? `cannot be listened on (${code})`}`;
    throw nodeError('NODE_HTTP_START', reason, {
      cause,
      publicText: `${reason}. Set PRIVITY_HTTP_PORT or PRIVITY_HTTP_HOST.`,
    });
  }
}
