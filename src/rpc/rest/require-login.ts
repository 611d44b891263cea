import type { FastifyRequest } from 'fastify';
import type { Session, SystemPermission } from '../../access/port.ts';
import { rpcError } from '../errors.ts';

/** The session of a request, or LOGIN_REQUIRED. */
export function requireLogin(request: FastifyRequest): Session {
  if (request.session === undefined) throw rpcError('LOGIN_REQUIRED');
  return request.session;
}

/** The same for what an application that a person let in may not do in their name: APPLICATION_SESSION. */
export function requirePerson(request: FastifyRequest): Session {
  const session = requireLogin(request);
  if (session.method === 'application') throw rpcError('APPLICATION_SESSION');
  return session;
}

/** Asked before anything is looked up, so that the answer tells nothing of what there is. PERMISSION_MISSING without it. */
export function requirePermission(request: FastifyRequest, permission: SystemPermission): Session {
  const session = requirePerson(request);
  if (!session.principal.permissions.includes(permission)) throw rpcError('PERMISSION_MISSING', permission);
  return session;
}
