import type { FastifyCorsOptions, FastifyCorsOptionsDelegateCallback } from '@fastify/cors';
import type { Application } from './pages/authorization-request.ts';

const PATHS = ['/rpc', '/api/', '/.well-known/'];

/**
 * Scripts on the pages of registered applications may call the API with a bearer token. Cookies stay out of it (no credentials), and our own
 * pages and logins are not among the paths.
 */
export function corsOptions(applications: readonly Application[]): { delegator: FastifyCorsOptionsDelegateCallback } {
  const origins = [
    ...new Set(applications.flatMap(({ redirectUris }) => redirectUris.map((uri) => new URL(uri).origin))),
  ];
  const open = {
    origin: origins,
    credentials: false,
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type'],
    maxAge: 600,
  } satisfies FastifyCorsOptions;
  return {
    delegator: (request, done) =>
      done(null, PATHS.some((path) => request.url.startsWith(path)) ? open : { origin: false }),
  };
}
