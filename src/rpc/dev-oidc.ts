import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

export interface DevOidcHandler {
  /** Path without a slash at its end. */
  readonly mountPath: string;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Hands the requests under its path to the development identity provider, body unread. */
export async function mountDevOidc(app: FastifyInstance, provider: DevOidcHandler): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.all(`${provider.mountPath}/*`, async (request, reply) => {
      reply.hijack();
      await provider.handle(request.raw, reply.raw);
    });
  });
}
