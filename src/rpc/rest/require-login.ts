import type { FastifyRequest } from 'fastify';
import type { Session } from '../../access/port.ts';
import { rpcError } from '../errors.ts';

/** The session of a request, or LOGIN_REQUIRED. */
export function requireLogin(request: FastifyRequest): Session {
  if (request.session === undefined) throw rpcError('LOGIN_REQUIRED');
  return request.session;
}
