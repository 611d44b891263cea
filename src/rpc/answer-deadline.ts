import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { rpcError } from './errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    deadline: NodeJS.Timeout | undefined;
  }
}

/**
 * Answers REQUEST_TIMEOUT for a handler that does not. (The framework's own `handlerTimeout` stops counting as soon as a body has been read.)
 * The work itself goes on: what it accepted stays accepted.
 */
export function useAnswerDeadline(
  scope: FastifyInstance,
  handlerTimeoutMs: number,
  sendError: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void,
): void {
  scope.addHook('onRequest', (request, reply, done) => {
    request.deadline = setTimeout(() => {
      if (!reply.sent) sendError(rpcError('REQUEST_TIMEOUT'), request, reply);
    }, handlerTimeoutMs);
    done();
  });
  scope.addHook('onResponse', (request, _reply, done) => {
    clearTimeout(request.deadline);
    done();
  });
  scope.addHook('onRequestAbort', (request, done) => {
    clearTimeout(request.deadline);
    done();
  });
}
