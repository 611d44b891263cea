import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { createAccess } from '../../src/access/create-access.ts';
import { SAMPLE_ACCOUNTS } from '../../src/access/dev-oidc/accounts.ts';
import { generateDevOidcKeys } from '../../src/access/dev-oidc/keys.ts';
import { createDevOidc } from '../../src/access/dev-oidc/provider.ts';
import type { OidcProviderOptions } from '../../src/access/oidc/provider.ts';
import type { Access } from '../../src/access/port.ts';
import type { Clock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { ROLE_BIT } from '../../src/chain/constants.ts';
import type { Identity } from '../../src/chain/identity.ts';
import { compilePolicy } from '../../src/policy/compile/compile-policy.ts';
import { createPolicy } from '../../src/policy/create-policy.ts';
import { type AppOptions, createApp } from '../../src/rpc/create-app.ts';
import type { JsonObject } from '../../src/rpc/port.ts';
import { createDenialSigner } from '../../src/sequencer/denial-signer.ts';
import { type MemoryAccessStores, memoryAccessStores } from './memory-access-stores.ts';
import { createSmallChain, type SmallChain } from './small-chain.ts';

export const WORLD_DENIAL_SIGNER = createDenialSigner(new Secret(new Uint8Array(32).fill(6)));

export const WORLD_CHAIN_ID = 7107n;

export interface RpcWorld {
  readonly url: string;
  readonly app: FastifyInstance;
  readonly access: Access;
  readonly stores: MemoryAccessStores;
  readonly small: SmallChain;
  readonly clock: Clock & { advance(ms: number): void };
  readonly audit: { actor: string; action: string; resource: string; detail: Readonly<Record<string, string>> }[];
  /** Every line the server logged, at every level. */
  readonly logLines: string[];
  readonly people: Readonly<Record<'alice' | 'bob' | 'carol' | 'nobody', PrivateKeyAccount>>;
  /** Logs a wallet in by SIWE over HTTP. */
  login(account: PrivateKeyAccount): Promise<string>;
  /** A session of a sample person, by role name, without a browser. */
  sessionOf(subject: string): Promise<string>;
  rpc(token: string | undefined, method: string, params?: unknown): Promise<RpcAnswer>;
  get(path: string, token?: string): Promise<{ status: number; body: JsonObject }>;
  post(path: string, body: unknown, token?: string): Promise<{ status: number; body: JsonObject }>;
  transfer(from: PrivateKeyAccount, to: string, value: bigint, nonce: number): Promise<`0x${string}`>;
  close(): Promise<void>;
}

export interface RpcAnswer {
  readonly status: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { readonly code: string } };
}

export interface WorldOverrides {
  readonly options?: Partial<AppOptions>;
  readonly readiness?: boolean;
  /** Called at each look of /readyz. */
  readonly onLook?: () => void;
  readonly proving?: boolean;
  readonly oidcIssuer?: string;
  /** In place of the one provider. */
  readonly providers?: (provider: OidcProviderOptions) => readonly OidcProviderOptions[];
  readonly sessions?: { readonly idleMs: number; readonly absoluteMs: number };
}

/** Known to the identity provider, not to the chain. */
const GUEST = { subject: 'guest', name: 'Guest', roles: [] };

const customer: Identity = { roles: 1n << BigInt(ROLE_BIT.CUSTOMER), flags: 0n, expiry: 0n };
export const ETHER = 10n ** 18n;

/** The HTTP side over real parts, listening on loopback: policies/minimal.yaml, an identity provider in process, real execution. */
export async function startRpcWorld(overrides: WorldOverrides = {}): Promise<RpcWorld> {
  let offset = 0;
  const clock: RpcWorld['clock'] = {
    now: () => Date.now() + offset,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    advance: (ms) => {
      offset += ms;
    },
  };
  const people = {
    alice: privateKeyToAccount(generatePrivateKey()),
    bob: privateKeyToAccount(generatePrivateKey()),
    carol: privateKeyToAccount(generatePrivateKey()),
    nobody: privateKeyToAccount(generatePrivateKey()),
  };
  const text = await readFile(new URL('../../policies/minimal.yaml', import.meta.url), 'utf8');
  const policy = createPolicy(compilePolicy(text, { salt: new Secret(randomBytes(32)) }));
  const customers = [people.alice, people.bob, people.carol].map(({ address }) => BigInt(address));
  const small = createSmallChain(
    {
      chainId: WORLD_CHAIN_ID,
      policy,
      identities: new Map(customers.map((address) => [address, customer])),
      balances: new Map(customers.map((address) => [address, 1000n * ETHER])),
      baseFee: 7n,
    },
    { clock },
  );
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const logLines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
  const devKeys = generateDevOidcKeys(randomBytes);
  const issuer = `${publicUrl}/dev-oidc`;
  const addresses = {
    redirectUri: `${publicUrl}/auth/callback/dev`,
    signedOutUri: `${publicUrl}/auth/signed-out`,
  };
  const devOidc = createDevOidc(
    {
      mode: 'development',
      issuer,
      clientId: 'privity',
      clientAuthentication: 'client_secret_basic',
      ...addresses,
      accounts: [...SAMPLE_ACCOUNTS, GUEST],
      claimsOf: ({ name, roles }) => ({ name, privity_roles: [...roles] }),
    },
    { keys: devKeys, clock },
  );
  const audit: RpcWorld['audit'] = [];
  const stores = memoryAccessStores(audit);
  const provider: OidcProviderOptions = {
    id: 'dev',
    name: 'Example Bank',
    issuer: overrides.oidcIssuer ?? issuer,
    clientId: 'privity',
    authentication: { method: 'client_secret_basic', secret: new Secret(devKeys.reveal().clientSecret) },
    ...addresses,
    scopes: ['openid', 'profile', 'email'],
    audiences: [],
    emailDomains: [],
    isListed: true,
    roles: { claim: 'privity_roles', names: new Map(), subjects: new Map() },
    admission: 'just-in-time',
    clockToleranceSeconds: 30,
    timeoutMs: 5000,
    allowInsecureIssuer: true,
    prompt: 'login',
  };
  const access = await createAccess(
    {
      sessions: {
        ...{ idleMs: 1_800_000, absoluteMs: 43_200_000, sessionsPerUserMax: 5, touchPersistMs: 60_000 },
        ...overrides.sessions,
      },
      walletTokens: { lifetimeMs: 90 * 86_400_000 },
      siwe: {
        chainId: WORLD_CHAIN_ID,
        chainName: 'Test chain',
        domains: [`127.0.0.1:${port}`, 'bank.example'],
        uri: publicUrl,
        challengeTtlMs: 300_000,
        limits: { attemptsMax: 10, windowMs: 300_000, keysMax: 1000 },
        allowPublishedKeys: false,
      },
      oidc: {
        providers: overrides.providers?.(provider) ?? [provider],
        pendingTtlMs: 600_000,
        logoutTtlMs: 43_200_000,
      },
    },
    {
      stores,
      secrets: [new Secret(randomBytes(32))],
      identities: { rolesOf: (address) => small.identity(address).roles },
      clock,
      random: randomBytes,
      fetch,
      log: logger,
    },
  );
  const app = await createApp(
    {
      version: '0.1.0',
      publicUrl,
      chain: {
        chainId: WORLD_CHAIN_ID,
        chainName: 'Test chain',
        l1ChainId: 31337n,
        l1ChainName: 'Test L1',
        denialPublicKey: WORLD_DENIAL_SIGNER.publicKey,
        baseToken: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      },
      limits: {
        bodyBytesMax: 300_000,
        jsonDepthMax: 16,
        batchItemsMax: 20,
        batchAnswerBytesMax: 65_536,
        requestTimeoutMs: 10_000,
        handlerTimeoutMs: 10_000,
        keepAliveTimeoutMs: 5000,
      },
      rateLimits: {
        authPerMinute: 1000,
        publicPerMinute: 1000,
        userPerMinute: 1000,
        rpcPerMinute: 10_000,
        keysMax: 1000,
      },
      logLimits: { blockRangeMax: 100, blocksReadMax: 40, logsMax: 50, answerBytesMax: 65_536, atOnceMax: 4 },
      loginPendingTtlMs: 600_000,
      applications: [],
      metricsToken: new Secret('metrics-token'),
      trustProxy: false,
      ...overrides.options,
    },
    {
      ...small,
      access,
      batches: {
        describe: async (batch) => (batch === 1n ? { batch: '1' } : undefined),
        verify: async (batch) => (batch === 1n ? { batch: '1', verified: true } : undefined),
      },
      disclosures: {
        transaction: async (hash) => ({ kind: 'transaction', hash: hash.toString() }),
        balance: async (address) => ({ kind: 'balance', address: address.toString() }),
      },
      audit: { record: (entry) => void audit.push(entry) },
      readiness: async () => {
        overrides.onLook?.();
        return [
          { name: 'store', ok: overrides.readiness ?? true },
          ...(overrides.proving === undefined
            ? []
            : [{ name: 'proving', ok: overrides.proving, besides: true } as const]),
        ];
      },
      registry: new Registry(),
      clock,
      random: randomBytes,
      logger,
      devOidc,
    },
  );
  await app.listen({ host: '127.0.0.1', port });

  const call = async (path: string, init: RequestInit, token: string | undefined) => {
    const headers = {
      ...(init.headers as Record<string, string>),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(publicUrl + path, { ...init, headers });
    return { status: response.status, body: (await response.json()) as JsonObject };
  };
  const post = (path: string, body: unknown, token?: string) =>
    call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }, token);

  return {
    url: publicUrl,
    app,
    access,
    stores,
    small,
    clock,
    audit,
    logLines,
    people,
    get: (path, token) => call(path, {}, token),
    post,
    async login(account) {
      const challenge = await post('/api/siwe-messages', { address: account.address });
      const message = String(challenge.body['msg']);
      const signature = await account.signMessage({ message });
      const answer = await post('/api/auth/login/crypto-native', {
        message,
        signature,
        nonceToken: challenge.body['nonceToken'],
      });
      if (answer.status !== 200) throw new Error(`login failed: ${JSON.stringify(answer.body)}`);
      return String(answer.body['token']);
    },
    async sessionOf(subject) {
      const account = SAMPLE_ACCOUNTS.find((candidate) => candidate.subject === subject)!;
      const user = await access.users.save({
        issuer,
        subject,
        source: 'oidc',
        displayName: account.name,
        roles: account.roles,
        wallets: [],
      });
      return (await access.sessions.open(user, 'oidc')).token;
    },
    async rpc(token, method, params = []) {
      const { status, body } = await post('/rpc', { jsonrpc: '2.0', id: 1, method, params }, token);
      return { status, ...body } as RpcAnswer;
    },
    transfer: (from, to, value, nonce) =>
      from.signTransaction({
        chainId: Number(WORLD_CHAIN_ID),
        type: 'eip1559',
        to: to as `0x${string}`,
        value,
        nonce,
        gas: 21_000n,
        maxFeePerGas: 10n,
        maxPriorityFeePerGas: 0n,
      }),
    close: () => app.close(),
  };
}

/** The public URL is part of the issuer and of the redirect URI, so the port must be known before the server listens. */
async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
