/** The HTTP side: access, RPC and REST on one port, with the embedded identity provider in development. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createAccess } from '../access/create-access.ts';
import { SAMPLE_ACCOUNTS } from '../access/dev-oidc/accounts.ts';
import { type DevOidcKeys, generateDevOidcKeys } from '../access/dev-oidc/keys.ts';
import { createDevOidc } from '../access/dev-oidc/provider.ts';
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
  const oidc = openIdProvider(deps, publicUrl);
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
      oidc: oidc.login,
      bootstrap: [],
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
    { ...deps, access, random, logger: log, devOidc: oidc.provider },
  );
  app.addHook('onClose', async () => clearInterval(sweeping));
  return app;
}

function openIdProvider({ config, folders, clock }: WebDeps, publicUrl: string) {
  const embedded = config.mode === 'development' && config['oidc.issuer'] === '';
  const issuer = embedded ? `${publicUrl}/oidc` : config['oidc.issuer'];
  if (issuer === '') return { login: undefined, provider: undefined };
  const redirectUri = `${publicUrl}/auth/callback`;
  const clientId = config['oidc.clientId'];
  const rolesClaim = config['oidc.rolesClaim'];
  const devKeys = embedded ? developmentOidcKeys(join(folders.keys, 'oidc.json')) : undefined;
  const secretFile = config['oidc.clientSecretFile'];
  const clientSecret =
    devKeys !== undefined
      ? new Secret(devKeys.reveal().clientSecret)
      : secretFile === ''
        ? undefined
        : new Secret(readFileSync(secretFile, 'utf8').trim());
  return {
    login: {
      issuer,
      clientId,
      clientSecret,
      redirectUri,
      roles: { claim: rolesClaim, names: {}, subjects: {} },
      pendingTtlMs: loginPendingTtlMs,
      timeoutMs: 10_000,
      allowInsecureIssuer: embedded,
      ...(embedded ? { prompt: 'login' as const } : {}),
    },
    provider:
      devKeys === undefined
        ? undefined
        : createDevOidc(
            { mode: config.mode, issuer, clientId, redirectUri, rolesClaim, accounts: SAMPLE_ACCOUNTS },
            { keys: devKeys, clock },
          ),
  };
}

/** Kept, so that a restart does not invalidate what the provider signed. */
function developmentOidcKeys(path: string): Secret<DevOidcKeys> {
  if (existsSync(path)) return new Secret(JSON.parse(readFileSync(path, 'utf8')) as DevOidcKeys);
  const keys = generateDevOidcKeys(random);
  writeFileSync(path, JSON.stringify(keys.reveal()), { mode: 0o600 });
  return keys;
}
