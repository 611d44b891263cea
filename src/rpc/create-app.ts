import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Registry } from 'prom-client';
import type { Access, Random } from '../access/port.ts';
import type { Clock } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';
import { createAnnouncements } from './announcements.ts';
import { useAnswerDeadline } from './answer-deadline.ts';
import { type CookieOptions, createAuthenticate } from './authenticate.ts';
import { corsOptions } from './cors-options.ts';
import { type DevOidcHandler, mountDevOidc } from './dev-oidc.ts';
import { rpcError } from './errors.ts';
import { useStrictJson } from './json-parser.ts';
import { createDispatch } from './json-rpc/dispatch.ts';
import { createForeignReads } from './json-rpc/foreign-reads.ts';
import type { LogLimits } from './json-rpc/method-deps.ts';
import { createMethodLimits } from './json-rpc/method-limits.ts';
import { createMethods } from './json-rpc/methods.ts';
import { jsonRpcRoutes } from './json-rpc/routes.ts';
import { logSerializers } from './log-serializers.ts';
import type { Application } from './pages/authorization-request.ts';
import { sendPage } from './pages/page.ts';
import { refusalPage } from './pages/refusal-page.ts';
import type {
  AuditSink,
  BatchAudit,
  ChainReader,
  Disclosures,
  OutcomeReader,
  PolicySource,
  Probe,
  Simulator,
  Submitter,
} from './port.ts';
import { publicError } from './public-error.ts';
import { type RateLimits, useRateLimits } from './rate-limits.ts';
import { createRequestMetrics } from './request-metrics.ts';
import { adminUserRoutes } from './rest/admin-users.ts';
import { auditBatchRoutes } from './rest/audit-batches.ts';
import { authorizeRoutes } from './rest/authorize.ts';
import { contractAbiRoutes } from './rest/contract-abi.ts';
import { disclosureRoutes } from './rest/disclosure.ts';
import { healthRoutes } from './rest/health.ts';
import { oidcRoutes } from './rest/login-oidc.ts';
import { siweRoutes } from './rest/login-siwe.ts';
import { logoutRoutes } from './rest/logout.ts';
import { metricsRoutes } from './rest/metrics.ts';
import { profileRoutes } from './rest/profile.ts';
import { sessionRoutes } from './rest/session.ts';
import { sessionsRoutes } from './rest/sessions.ts';
import { terminalRoutes } from './rest/terminal.ts';
import { userWalletRoutes } from './rest/user-wallets.ts';
import { walletRoutes } from './rest/wallet.ts';
import { type ChainDescription, wellKnownRoutes } from './rest/well-known.ts';

export interface AppOptions {
  readonly version: string;
  /** Origin under which browsers reach the node, without a slash at its end. */
  readonly publicUrl: string;
  readonly chain: ChainDescription;
  readonly limits: HttpLimits;
  readonly rateLimits: RateLimits;
  readonly logLimits: LogLimits;
  /** How long a started OpenID login may take. */
  readonly loginPendingTtlMs: number;
  /** Which may ask people for a session of their own, and from whose pages scripts may call. */
  readonly applications: readonly Application[];
  readonly metricsToken: Secret<string> | undefined;
  /** Reverse proxies whose forwarding headers name the client; false trusts none. */
  readonly trustProxy: boolean | string | readonly string[];
}

export interface HttpLimits {
  readonly bodyBytesMax: number;
  readonly jsonDepthMax: number;
  readonly batchItemsMax: number;
  /** Of the answers of one batch together. */
  readonly batchAnswerBytesMax: number;
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number;
  /** From request to answer. */
  readonly handlerTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
}

export interface AppDeps {
  readonly access: Access;
  readonly policy: PolicySource;
  readonly chain: ChainReader;
  readonly submitter: Submitter;
  readonly simulator: Simulator;
  readonly outcomes: OutcomeReader;
  readonly batches: BatchAudit;
  readonly disclosures: Disclosures;
  readonly audit: AuditSink;
  readonly readiness: () => Promise<readonly Probe[]>;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly random: Random;
  /** A pino logger with the node's redaction. */
  readonly logger: FastifyBaseLogger;
  /** Development only. */
  readonly devOidc?: DevOidcHandler | undefined;
}

/** The HTTP side of the node, not yet listening. It decides nothing: `access` says who asks, `policy` what they may. */
export async function createApp(options: AppOptions, deps: AppDeps): Promise<FastifyInstance> {
  const { access, policy, audit } = deps;
  const app = newFastify(options, deps);
  const secure = options.publicUrl.startsWith('https:');
  const sessionCookie: CookieOptions = {
    name: secure ? '__Host-privity_session' : 'privity_session',
    secure,
    origin: new URL(options.publicUrl).origin,
  };
  const foreignReads = createForeignReads({ audit });
  const announcements = createAnnouncements(deps);
  const methods = createMethods({
    ...deps,
    announcements,
    chainId: options.chain.chainId,
    clientVersion: `Privity/${options.version}`,
    foreignReads,
    logLimits: options.logLimits,
  });
  const metrics = createRequestMetrics({ registry: deps.registry, methods });

  useStrictJson(app, options.limits);
  await app.register(cookie);
  const checkRate = await useRateLimits(app, options.rateLimits);
  const authenticate = createAuthenticate(sessionCookie, { sessions: access.sessions });

  app.decorateRequest('principal', undefined);
  app.decorateRequest('session', undefined);
  app.decorateRequest('tokenRefused', false);
  app.decorateRequest('deadline', undefined);

  app.setErrorHandler(sendRestError);
  app.setNotFoundHandler((request, reply) => sendRestError(rpcError('NOT_FOUND'), request, reply));

  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      reply.headers(SECURITY_HEADERS);
      if (request.routeOptions.config.authenticatesItself !== true) authenticate(request);
    });
    await scope.register(cors, corsOptions(options.applications));
    await scope.register(
      jsonRpcRoutes(options.limits, {
        dispatch: createDispatch({ methods, policy, audit, limits: createMethodLimits(deps) }),
        checkRate,
        walletTokens: access.walletTokens,
        authenticate,
        metrics,
      }),
    );
    await scope.register(async (rest) => {
      useAnswerDeadline(rest, options.limits.handlerTimeoutMs, sendRestError);
      rest.addHook('preHandler', async (request) => {
        // Again: a body may take long to come, and what was ended meanwhile does not wait for it.
        if (request.session !== undefined) authenticate(request);
        // Logins count in a class of their own; health checks and metrics must answer under load. Asked of the route: the request's own URL
        // may write the same path otherwise (`/%61pi/`, or with a host before it).
        if (request.routeOptions.url?.startsWith('/api/'))
          await checkRate(request.principal === undefined ? 'public' : 'user', request);
      });
      rest.addHook('onResponse', async (request, reply) => {
        metrics.rest(request.routeOptions.url ?? 'unknown', reply.statusCode);
      });
      const logins = { access, audit, checkRate };
      siweRoutes(rest, { cookie: sessionCookie }, logins);
      await rest.register(async (pages) => {
        pages.setErrorHandler(sendPageError);
        const loginPages = { ...options, cookie: sessionCookie, pendingTtlMs: options.loginPendingTtlMs };
        oidcRoutes(pages, loginPages, logins);
        logoutRoutes(pages, loginPages, logins);
        authorizeRoutes(pages, { cookie: sessionCookie, ...options }, logins);
        terminalRoutes(pages, { cookie: sessionCookie }, logins);
      });
      sessionRoutes(rest, { cookie: sessionCookie }, deps);
      sessionsRoutes(rest, deps);
      adminUserRoutes(rest, deps);
      profileRoutes(rest, deps);
      userWalletRoutes(rest, logins);
      walletRoutes(rest, { ...deps, announcements });
      contractAbiRoutes(rest);
      auditBatchRoutes(rest, deps);
      disclosureRoutes(rest, deps);
      healthRoutes(rest, options, deps);
      metricsRoutes(rest, options, deps);
      wellKnownRoutes(rest, options);
    });
  });
  if (deps.devOidc !== undefined) await mountDevOidc(app, deps.devOidc);
  return app;
}

function sendRestError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = publicError(error);
  if (known.code === 'INTERNAL') request.log.error({ err: error, code: known.code }, 'http.failed');
  else request.log.debug({ code: known.code }, 'http.refused');
  reply.code(known.httpStatus).send({ error: { code: known.code, message: known.publicText }, requestId: request.id });
}

/** The same for a person in a browser. */
function sendPageError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers.accept?.includes('text/html') !== true) {
    sendRestError(error, request, reply);
    return;
  }
  const known = publicError(error);
  if (known.code === 'INTERNAL') request.log.error({ err: error, code: known.code }, 'http.failed');
  else request.log.debug({ code: known.code }, 'http.refused');
  sendPage(reply, known.httpStatus, refusalPage(known, request.id));
}

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function newFastify({ limits, trustProxy }: AppOptions, { logger, random }: AppDeps): FastifyInstance {
  return Fastify({
    loggerInstance: logger.child({}, { serializers: logSerializers }),
    // Its own lines name URLs, and wallet tokens stand in URLs.
    logController: new LogController({ disableRequestLogging: true }),
    // Not counted: errors show it to anybody, and a count would tell how much others ask (G5).
    genReqId: () => Buffer.from(random(12)).toString('base64url'),
    requestIdHeader: false,
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    trustProxy: typeof trustProxy === 'boolean' || typeof trustProxy === 'string' ? trustProxy : [...trustProxy],
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 128 },
    // URLs that cannot be decoded; the framework's own answer quotes them.
    frameworkErrors: (error, request, reply) => sendRestError(error, request as FastifyRequest, reply as FastifyReply),
    clientErrorHandler: (_error, socket) => {
      // The error holds the raw packet, which may hold a token: it goes nowhere.
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    },
  });
}
