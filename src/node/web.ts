/** The HTTP side: access, RPC and REST on one port, with the embedded identity provider in development. */

import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createAccess } from '../access/create-access.ts';
import { accessStores } from '../access/store-adapter.ts';
import type { Audit } from '../audit/port.ts';
import type { Clock } from '../base/clock.ts';
import { Secret } from '../base/secret.ts';
import type { Genesis } from '../chain/genesis.ts';
import { readApplications } from '../config/applications.ts';
import type { Config } from '../config/schema.ts';
import { type AppDeps, createApp } from '../rpc/create-app.ts';
import { createDenialSigner } from '../sequencer/denial-signer.ts';
import type { Store, StoreWrites } from '../store/port.ts';
import type { Folders } from './folders.ts';
import { type NodeKeys, random } from './keys.ts';
import { openIdProviders } from './open-id-providers.ts';
import { VERSION } from './version.ts';

export interface WebDeps
  extends Pick<
    AppDeps,
    'policy' | 'chain' | 'submitter' | 'simulator' | 'outcomes' | 'batches' | 'disclosures' | 'readiness'
  > {
  readonly config: Config;
  readonly folders: Folders;
  readonly genesis: Genesis;
  readonly keys: NodeKeys;
  readonly store: Store;
  readonly audit: Audit<StoreWrites>;
  readonly rolesOf: (address: bigint) => bigint;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

export const publicUrlOf = (config: Config): string =>
  config['http.publicUrl'] === ''
    ? `http://localhost:${config['http.port']}`
    : config['http.publicUrl'].replace(/\/$/, '');

const minuteMs = 60_000;
const loginPendingTtlMs = 10 * minuteMs;

export async function createWeb(deps: WebDeps): Promise<FastifyInstance> {
  const { config, keys, store, clock, log, genesis } = deps;
  const publicUrl = publicUrlOf(config);
  const development = config.mode === 'development';
  const oidc = openIdProviders(deps, publicUrl);
  const access = await createAccess(
    {
      sessions: {
        idleMs: config['session.idleSeconds'] * 1000,
        absoluteMs: config['session.absoluteSeconds'] * 1000,
        sessionsPerUserMax: 32,
        touchPersistMs: minuteMs,
      },
      walletTokens: { lifetimeMs: config['session.walletUrlSeconds'] * 1000 },
      siwe: {
        chainId: genesis.chainId,
        chainName: 'Privity',
        domains: config['siwe.domains'].length === 0 ? [new URL(publicUrl).host] : config['siwe.domains'],
        uri: 'prividium:access',
        challengeTtlMs: 5 * minuteMs,
        limits: { attemptsMax: 10, windowMs: 5 * minuteMs, keysMax: 100_000 },
        allowPublishedKeys: development,
      },
      oidc:
        oidc.providers.length === 0
          ? undefined
          : {
              providers: oidc.providers,
              pendingTtlMs: loginPendingTtlMs,
              logoutTtlMs: config['session.absoluteSeconds'] * 1000,
            },
    },
    {
      stores: accessStores(store, (act, work) => deps.audit.recordWith(act, work)),
      secrets: [keys.accessKey],
      identities: { rolesOf: deps.rolesOf },
      clock,
      random,
      fetch,
      log,
    },
  );
  const sweeping = setInterval(
    () => void access.sweep().catch((error) => log.warn({ err: error }, 'access.sweep_failed')),
    minuteMs,
  );
  const app = await createApp(
    {
      version: VERSION,
      publicUrl,
      chain: {
        chainId: genesis.chainId,
        chainName: 'Privity',
        l1ChainId: genesis.l1ChainId,
        l1ChainName: development ? 'Embedded Ethereum' : 'Ethereum',
        denialPublicKey: createDenialSigner(keys.denialKey).publicKey,
        baseToken: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      },
      limits: {
        bodyBytesMax: config['http.bodyBytesMax'],
        jsonDepthMax: 16,
        batchItemsMax: 100,
        batchAnswerBytesMax: config['rpc.batchAnswerBytesMax'],
        requestTimeoutMs: 30_000,
        handlerTimeoutMs: minuteMs,
        keepAliveTimeoutMs: 72_000,
      },
      rateLimits: {
        authPerMinute: config['rateLimit.authPerMinute'],
        publicPerMinute: config['rateLimit.publicPerMinute'],
        userPerMinute: config['rateLimit.userPerMinute'],
        rpcPerMinute: config['rateLimit.rpcPerMinute'],
        keysMax: 100_000,
      },
      logLimits: {
        blockRangeMax: config['rpc.logsBlockRangeMax'],
        blocksReadMax: config['rpc.logsBlocksReadMax'],
        logsMax: config['rpc.logsMax'],
        answerBytesMax: config['rpc.logsAnswerBytesMax'],
        atOnceMax: config['rpc.logsAtOnceMax'],
      },
      loginPendingTtlMs,
      applications: readApplications(config['apps.redirects']),
      metricsToken: config['http.metricsToken'] === '' ? undefined : new Secret(config['http.metricsToken']),
      trustProxy: config['http.trustedProxies'].length === 0 ? false : config['http.trustedProxies'],
    },
    { ...deps, access, random, logger: log, devOidc: oidc.embedded },
  );
  app.addHook('onClose', async () => clearInterval(sweeping));
  return app;
}
