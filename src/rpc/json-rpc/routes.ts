import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WalletTokens } from '../../access/port.ts';
import { useAnswerDeadline } from '../answer-deadline.ts';
import { rpcError } from '../errors.ts';
import { publicError } from '../public-error.ts';
import type { CheckRate } from '../rate-limits.ts';
import type { RequestMetrics } from '../request-metrics.ts';
import type { Caller, Dispatch } from './dispatch.ts';
import { errorText, idOf, parseRequest, resultText } from './envelope.ts';

export interface JsonRpcOptions {
  readonly batchItemsMax: number;
  readonly batchAnswerBytesMax: number;
  readonly handlerTimeoutMs: number;
}

export interface JsonRpcDeps {
  readonly dispatch: Dispatch;
  readonly checkRate: CheckRate;
  readonly walletTokens: Pick<WalletTokens, 'find'>;
  /** Sets who the request comes from, as of now. */
  readonly authenticate: (request: FastifyRequest) => void;
  readonly metrics: RequestMetrics;
}

/**
 * JSON-RPC over HTTP. Errors of a request are answered with HTTP 200, as clients expect: several throw away the body of any other status, and
 * with it the -32090 on which the SDK logs in again. Only what is wrong with the HTTP request itself has its own status.
 */
export function jsonRpcRoutes(options: JsonRpcOptions, deps: JsonRpcDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    app.setErrorHandler(sendError);
    useAnswerDeadline(app, options.handlerTimeoutMs, sendError);
    app.post('/rpc', { config: { authenticatesItself: true } }, (request, reply) =>
      answer(request, reply, () => {
        deps.authenticate(request);
        return { user: request.principal, tokenRefused: request.tokenRefused };
      }),
    );
    app.post<{ Params: { token: string } }>(
      '/rpc/wallet/:token',
      { config: { authenticatesItself: true } },
      (request, reply) =>
        answer(request, reply, () => {
          // The token decides alone: a browser's cookie or header must not lend a wallet its owner's staff roles.
          request.principal = deps.walletTokens.find(request.params.token);
          return { user: request.principal, tokenRefused: request.principal === undefined };
        }),
    );
    app.post('/rpc/service', async () => {
      throw rpcError('NOT_AVAILABLE');
    });
  };

  /** `callerOf` is asked for each item anew: a session that is revoked ends a batch where it stands. */
  async function answer(request: FastifyRequest, reply: FastifyReply, callerOf: () => Caller): Promise<FastifyReply> {
    const { body } = request;
    if (!Array.isArray(body)) return send(reply, await one(body, callerOf(), request));
    if (body.length === 0 || body.length > options.batchItemsMax) {
      return send(reply, errorText(null, rpcError('RPC_BATCH_SIZE')));
    }
    const parts: string[] = [];
    let bytes = 0;
    // One after the other: a batch must not take more of the node at a time than a single request does.
    for (const item of body) {
      const part = await within(options.batchAnswerBytesMax - bytes, item, callerOf, request);
      bytes += Buffer.byteLength(part);
      parts.push(part);
    }
    return send(reply, `[${parts.join(',')}]`);
  }

  /**
   * Without room nothing is run. What was run and does not fit is replaced by the error, unless that is no shorter: so a sent transaction is
   * never told of by an error, and all the answers together stay below the bound and an error for each item.
   */
  async function within(room: number, item: unknown, callerOf: () => Caller, request: FastifyRequest): Promise<string> {
    const tooMuch = () => errorText(idOf(item) ?? null, rpcError('RPC_BATCH_ANSWER'));
    if (room <= 0) return tooMuch();
    const text = await one(item, callerOf(), request);
    if (Buffer.byteLength(text) <= room) return text;
    const refused = tooMuch();
    return Buffer.byteLength(refused) < Buffer.byteLength(text) ? refused : text;
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

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = publicError(error);
  if (known.code === 'INTERNAL') request.log.error({ err: error, code: known.code }, 'rpc.failed');
  send(reply.code(known.httpStatus), errorText(null, known));
}

/** An answer that comes after its deadline goes nowhere. */
const send = (reply: FastifyReply, text: string): FastifyReply =>
  reply.sent ? reply : reply.type('application/json; charset=utf-8').send(text);
