import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'oidc-provider';
import { createAccess } from '../../src/access/create-access.ts';
import type { SampleAccount } from '../../src/access/dev-oidc/accounts.ts';
import { type DevOidcKeys, generateDevOidcKeys } from '../../src/access/dev-oidc/keys.ts';
import { createDevOidc, type DevOidc } from '../../src/access/dev-oidc/provider.ts';
import type { ClientAuthentication, OidcProviderOptions } from '../../src/access/oidc/provider.ts';
import type { Access, ConsoleRole, OidcLogin } from '../../src/access/port.ts';
import { systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { createBrowser } from './browser.ts';
import { memoryAccessStores } from './memory-access-stores.ts';

/** The providers, each as the product of that name shapes issuer, claims and client. */
export type ProviderName = 'keycloak' | 'okta' | 'entra';

export interface ProviderShape {
  readonly issuerPath: string;
  readonly clientAuthentication: ClientAuthentication['method'];
  readonly rolesClaim: string;
  readonly names: readonly (readonly [string, ConsoleRole])[];
  readonly claimsOf: (account: SampleAccount) => Record<string, unknown>;
  readonly rsa: boolean;
}

const TENANT = '9c1f0e6a-2b1d-4c55-8f0e-6d1f7a3c9b20';
const EMAIL = 'ann@bank.example';

export const SHAPES: Readonly<Record<ProviderName, ProviderShape>> = {
  keycloak: {
    issuerPath: '/realms/bank',
    clientAuthentication: 'client_secret_basic',
    rolesClaim: 'realm_access.roles',
    names: [
      ['chain-operator', 'operator'],
      ['chain-customer', 'customer'],
    ],
    claimsOf: ({ name, roles }) => ({
      preferred_username: name.toLowerCase(),
      email: EMAIL,
      realm_access: { roles: ['offline_access', 'operator', ...roles.map((role) => `chain-${role}`)] },
    }),
    rsa: true,
  },
  okta: {
    issuerPath: '/oauth2/default',
    clientAuthentication: 'client_secret_post',
    rolesClaim: 'groups',
    names: [
      ['Chain Operators', 'operator'],
      ['Chain Customers', 'customer'],
    ],
    claimsOf: ({ name, roles }) => ({
      ...{ name, email: EMAIL, ver: 1, idp: '00o1' },
      groups: ['Everyone', ...roles.map((role) => `Chain ${role[0]!.toUpperCase()}${role.slice(1)}s`)],
    }),
    rsa: true,
  },
  entra: {
    issuerPath: `/${TENANT}/v2.0`,
    clientAuthentication: 'none',
    rolesClaim: 'roles',
    names: [
      ['Chain.Operator', 'operator'],
      ['Chain.Customer', 'customer'],
    ],
    claimsOf: ({ name, roles }) => ({
      ...{ name, preferred_username: EMAIL, tid: TENANT, oid: 'a1b2', ver: '2.0' },
      roles: roles.map((role) => `Chain.${role[0]!.toUpperCase()}${role.slice(1)}`),
    }),
    rsa: false,
  },
};

const ACCOUNTS: readonly SampleAccount[] = [
  { subject: 'ann', name: 'Ann', roles: ['customer'] },
  { subject: 'olga', name: 'Olga', roles: ['operator', 'customer'] },
  { subject: 'guest', name: 'Guest', roles: [] },
];

/** How a provider stands in the configuration; undefined leaves it out. */
type ChangeProvider = (provider: OidcProviderOptions, name: ProviderName) => OidcProviderOptions | undefined;

export interface OidcWorld {
  readonly access: Access;
  readonly oidc: OidcLogin;
  readonly logged: { readonly fields: object; readonly event: string }[];
  issuerOf(name: ProviderName): string;
  /** The signing key of the provider as it is now. */
  keyOf(name: ProviderName): JWK;
  secretOf(name: ProviderName): string;
  /** The provider is started again with another signing key. */
  rotate(name: ProviderName): void;
  /** Answers in place of whoever has the address. */
  onRequest: (url: URL) => Response | undefined;
  /** What happens to a provider's answer on its way to us. */
  onAnswer: (url: URL, answer: Response) => Response | Promise<Response>;
  /** Up to the callback: what the browser brings back. */
  begin(name: ProviderName, subject: string): Promise<{ callback: URL; cookie: string }>;
  login(name: ProviderName, subject: string): ReturnType<OidcLogin['finish']>;
  /** A new process over the same database, with another configuration. */
  restart(change: ChangeProvider): Promise<Access>;
  close(): void;
}

export async function startOidcWorld(change: ChangeProvider = (provider) => provider): Promise<OidcWorld> {
  const running = new Map<ProviderName, { keys: DevOidcKeys; provider: DevOidc }>();
  const server = createServer((request, response) => {
    for (const { provider } of running.values())
      if (request.url?.startsWith(`${provider.mountPath}/`)) return void provider.handle(request, response);
    response.writeHead(404).end();
  });
  const origin = await listen(server);
  const ours = 'http://127.0.0.1:1';
  const addresses = (name: ProviderName) => ({
    redirectUri: `${ours}/auth/callback/${name}`,
    signedOutUri: `${ours}/auth/signed-out`,
  });
  const issuerOf = (name: ProviderName) => `${origin}${SHAPES[name].issuerPath}`;
  const run = (name: ProviderName, keys: DevOidcKeys) => {
    const { clientAuthentication, claimsOf } = SHAPES[name];
    const provider = createDevOidc(
      {
        ...{ mode: 'development', issuer: issuerOf(name), clientId: `client-${name}`, clientAuthentication },
        ...{ ...addresses(name), accounts: ACCOUNTS, claimsOf },
      },
      { keys: new Secret(keys), clock: systemClock },
    );
    running.set(name, { keys, provider });
  };
  const names = Object.keys(SHAPES) as ProviderName[];
  for (const name of names) {
    const keys = generateDevOidcKeys(randomBytes).reveal();
    run(name, { ...keys, jwk: newKey(name) });
  }
  const keysOf = (name: ProviderName) => running.get(name)!.keys;

  const logged: OidcWorld['logged'] = [];
  const write = (fields: object, event: string) => void logged.push({ fields, event });
  const stores = memoryAccessStores();
  const secrets = [new Secret(randomBytes(32))];
  const open = (change: ChangeProvider) =>
    createAccess(
      {
        sessions: { idleMs: 60_000, absoluteMs: 600_000, sessionsPerUserMax: 5, touchPersistMs: 60_000 },
        walletTokens: { lifetimeMs: 600_000 },
        siwe: {
          chainId: 7107n,
          chainName: 'Test chain',
          domains: ['bank.example'],
          uri: ours,
          challengeTtlMs: 300_000,
          limits: { attemptsMax: 100, windowMs: 300_000, keysMax: 100 },
          allowPublishedKeys: false,
        },
        oidc: {
          pendingTtlMs: 600_000,
          logoutTtlMs: 600_000,
          providers: names.flatMap((name) => {
            const { clientAuthentication: method, rolesClaim, names } = SHAPES[name];
            const changed = change(
              {
                ...{ id: name, name, issuer: issuerOf(name), clientId: `client-${name}`, ...addresses(name) },
                authentication:
                  method === 'none' ? { method } : { method, secret: new Secret(keysOf(name).clientSecret) },
                scopes: ['openid', 'profile', 'email', 'groups'],
                audiences: [],
                emailDomains: [],
                isListed: true,
                roles: {
                  claim: rolesClaim,
                  names: new Map(names.map(([text, role]) => [text, [role]])),
                  subjects: new Map(),
                },
                admission: 'just-in-time',
                clockToleranceSeconds: 30,
                timeoutMs: 10_000,
                allowInsecureIssuer: true,
              },
              name,
            );
            return changed ?? [];
          }),
        },
      },
      {
        stores,
        secrets,
        identities: { rolesOf: () => 0n },
        clock: systemClock,
        random: randomBytes,
        fetch: async (input, init) => {
          const url = new URL(String(input));
          return world.onRequest(url) ?? world.onAnswer(url, await fetch(url, init));
        },
        log: { debug: write, info: write, warn: write, error: write },
      },
    );
  const access = await open(change);
  const oidc = access.oidcLogin!;
  const world: OidcWorld = {
    ...{ access, oidc, logged, issuerOf },
    keyOf: (name) => keysOf(name).jwk,
    secretOf: (name) => keysOf(name).clientSecret,
    rotate: (name) => run(name, { ...keysOf(name), jwk: newKey(name) }),
    onRequest: () => undefined,
    onAnswer: (_url, answer) => answer,
    async begin(name, subject) {
      const { location, cookie } = await oidc.start(name, '/');
      const browser = createBrowser();
      const page = await browser.follow(await browser.get(location), location);
      const answer = await browser.submit(page.url, { login: subject });
      const isCallback = (url: string) => url.startsWith(`${ours}/auth/callback`);
      const { url } = await browser.follow(answer, page.url, isCallback);
      if (!isCallback(url)) throw new Error(`the provider sent the browser to ${url}`);
      return { callback: new URL(url), cookie };
    },
    async login(name, subject) {
      const { callback, cookie } = await world.begin(name, subject);
      return oidc.finish(name, callback, cookie);
    },
    restart: open,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return world;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A signing key of the kind that the provider uses. */
export const newKey = (name: ProviderName): JWK =>
  SHAPES[name].rsa ? rsaKey() : generateDevOidcKeys(randomBytes).reveal().jwk;

function rsaKey(): JWK {
  const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  return { ...jwk, kty: 'RSA', use: 'sig', alg: 'RS256' } as JWK;
}

type Json = Record<string, unknown>;

/** An ID token taken apart. */
export interface OpenedToken {
  readonly header: Json;
  readonly claims: Json;
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
export const openToken = (token: string): OpenedToken => {
  const [header, claims] = token
    .split('.', 2)
    .map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()) as Json);
  return { header: header!, claims: claims! };
};

export function signToken({ header, claims }: OpenedToken, key: JWK): string {
  const signed = `${part(header)}.${part(claims)}`;
  const privateKey = { key: key as Json, format: 'jwk', dsaEncoding: 'ieee-p1363' } as const;
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

/** Replaces the ID token in an answer of a token endpoint; other answers pass. */
export const changeToken =
  (change: (token: string) => string | undefined): OidcWorld['onAnswer'] =>
  async (url, answer) => {
    if (!url.pathname.endsWith('/token')) return answer;
    const body = (await answer.json()) as Json;
    return Response.json({ ...body, id_token: change(String(body['id_token'])) }, { status: answer.status });
  };
