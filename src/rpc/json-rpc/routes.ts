import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WalletTokens } from '../../access/port.ts';
import { rpcError } from '../errors.ts';
import { publicError } from '../public-error.ts';
import type { CheckRate } from '../rate-limits.ts';
import type { RequestMetrics } from '../request-metrics.ts';
import type { Caller, Dispatch } from './dispatch.ts';
import { errorText, idOf, parseRequest, resultText } from './envelope.ts';

export interface JsonRpcDeps {
  readonly dispatch: Dispatch;
  readonly checkRate: CheckRate;
  readonly walletTokens: Pick<WalletTokens, 'find'>;
  readonly metrics: RequestMetrics;
}

/**
 * JSON-RPC over HTTP. Errors of a request are answered with HTTP 200, as clients expect: several throw away the body of any other status, and
 * with it the -32090 on which the SDK logs in again. Only what is wrong with the HTTP request itself has its own status.
 */
export function jsonRpcRoutes(options: { readonly batchItemsMax: number }, deps: JsonRpcDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    app.setErrorHandler((error, request, reply) => {
      const known = publicError(error);
      if (known.code === 'INTERNAL') request.log.error({ err: error, code: known.code }, 'rpc.failed');
      send(reply.code(known.httpStatus), errorText(null, known));
    });
    app.post('/rpc', (request, reply) => answer(request, reply, request));
    app.post<{ Params: { token: string } }>(
      '/rpc/wallet/:token',
      { config: { tokenInUrl: true } },
      (request, reply) => {
        // The token decides alone: a browser's cookie or header must not lend a wallet its owner's staff roles.
        const principal = deps.walletTokens.find(request.params.token);
        request.principal = principal;
        return answer(request, reply, { principal, tokenRefused: principal === undefined });
      },
    );
    app.post('/rpc/service', async () => {
      throw rpcError('NOT_AVAILABLE');
    });
  };

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    { principal: user, tokenRefused }: Pick<FastifyRequest, 'principal' | 'tokenRefused'>,
  ): Promise<FastifyReply> {
    const caller: Caller = { user, tokenRefused };
    const { body } = request;
    if (!Array.isArray(body)) return send(reply, await one(body, caller, request));
    if (body.length === 0 || body.length > options.batchItemsMax) {
      return send(reply, errorText(null, rpcError('RPC_BATCH_SIZE')));
    }
    const parts: string[] = [];
    // One after the other: a batch must not take more of the node at a time than a single request does.
    for (const item of body) parts.push(await one(item, caller, request));
    return send(reply, `[${parts.join(',')}]`);
  }

  async function one(item: unknown, caller: Caller, request: FastifyRequest): Promise<string> {
    const started = performance.now();
    let method = 'invalid';
    try {
      await deps.checkRate(caller.user === undefined ? 'public' : 'rpc', request);
      const call = parseRequest(item);
      method = call.method;
      const result = await deps.dispatch(call.method, call.params, caller);
      deps.metrics.rpc(method, 'ok', performance.now() - started);
      return resultText(call.id, result);
    } catch (error) {
      const known = publicError(error);
      deps.metrics.rpc(method, known.code, performance.now() - started);
      if (known.code === 'INTERNAL') request.log.error({ err: error, code: known.code }, 'rpc.failed');
      else request.log.debug({ code: known.code }, 'rpc.refused');
      return errorText(idOf(item) ?? null, known);
    }
  }
}

const send = (reply: FastifyReply, text: string): FastifyReply =>
  reply.type('application/json; charset=utf-8').send(text);
