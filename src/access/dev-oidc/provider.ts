import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider, { type Configuration } from 'oidc-provider';
import type { Clock } from '../../base/clock.ts';
import type { Secret } from '../../base/secret.ts';
import { accessError } from '../errors.ts';
import type { SampleAccount } from './accounts.ts';
import type { DevOidcKeys } from './keys.ts';
import { loginPage, logoutPage } from './login-page.ts';
import { createMemoryAdapters } from './memory-adapter.ts';

export interface DevOidcOptions {
  readonly mode: string;
  /** With its path, under which `handle` is mounted. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post' | 'none';
  readonly redirectUri: string;
  /** Where a browser may come back to after a logout. */
  readonly signedOutUri: string;
  readonly accounts: readonly SampleAccount[];
  /** What the ID token says of an account beside its subject. */
  readonly claimsOf: (account: SampleAccount) => Readonly<Record<string, unknown>>;
}

export interface DevOidc {
  /** Path of the issuer, without a slash at its end. */
  readonly mountPath: string;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

const formBytesMax = 4096;
const SECURITY_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

/** A real, certified OpenID provider in this process, whose login page asks for no password. Refuses to exist outside development mode. */
export function createDevOidc(options: DevOidcOptions, deps: { keys: Secret<DevOidcKeys>; clock: Clock }): DevOidc {
  if (options.mode !== 'development') throw accessError('DEV_OIDC_FORBIDDEN', `mode ${options.mode}`);
  const issuer = new URL(options.issuer);
  const mountPath = issuer.pathname.replace(/\/$/, '');
  const provider = new Provider(options.issuer, configuration(options, mountPath, deps));
  const callback = provider.callback();
  const interactionPath = /^\/interaction\/([A-Za-z0-9_-]+)$/;

  return {
    mountPath,
    async handle(request, response) {
      const url = new URL(request.url ?? '/', issuer.origin);
      const path = url.pathname.slice(mountPath.length);
      // The provider builds its URLs from this header; the issuer is what it is, whatever a client sends.
      request.headers.host = issuer.host;
      const uid = interactionPath.exec(path)?.[1];
      if (uid !== undefined) return interact(request, response);
      Object.assign(request, { originalUrl: request.url });
      request.url = (path === '' ? '/' : path) + url.search;
      await callback(request, response);
    },
  };

  async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const details = await provider.interactionDetails(request, response);
      if (request.method !== 'POST') {
        response
          .writeHead(200, SECURITY_HEADERS)
          .end(loginPage(options.accounts, `${mountPath}/interaction/${details.uid}`));
        return;
      }
      const login = new URLSearchParams(await readForm(request)).get('login');
      const account = options.accounts.find(({ subject }) => subject === login);
      const result =
        account === undefined
          ? { error: 'access_denied', error_description: 'no such sample login' }
          : { login: { accountId: account.subject, remember: false } };
      await provider.interactionFinished(request, response, result);
    } catch {
      // Expired, another browser's, or too large a form.
      if (!response.headersSent) response.writeHead(400, SECURITY_HEADERS);
      response.end('<!doctype html><title>Development login</title><p>This login has expired. Start it again.</p>');
    }
  }
}

function configuration(
  options: DevOidcOptions,
  mountPath: string,
  deps: { keys: Secret<DevOidcKeys>; clock: Clock },
): Configuration {
  const keys = deps.keys.reveal();
  const claimNames = new Set(options.accounts.flatMap((account) => Object.keys(options.claimsOf(account))));
  return {
    adapter: createMemoryAdapters(deps),
    clients: [
      {
        client_id: options.clientId,
        ...(options.clientAuthentication === 'none' ? {} : { client_secret: keys.clientSecret }),
        redirect_uris: [options.redirectUri],
        post_logout_redirect_uris: [options.signedOutUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: options.clientAuthentication,
        id_token_signed_response_alg: keys.jwk.alg as 'ES256' | 'RS256',
      },
    ],
    jwks: { keys: [keys.jwk] },
    cookies: { keys: [keys.cookieKey] },
    pkce: { required: () => true },
    claims: { openid: ['sub', ...claimNames] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    // Roles stand in the ID token itself, as banks' providers are usually set up.
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = logoutPage(form);
        },
      },
    },
    interactions: { url: (_context, interaction) => `${mountPath}/interaction/${interaction.uid}` },
    ttl: { Interaction: 600, Session: 3600, Grant: 3600, AuthorizationCode: 60, AccessToken: 600, IdToken: 600 },
    findAccount: (_context, subject) => {
      const account = options.accounts.find((candidate) => candidate.subject === subject);
      if (account === undefined) return undefined;
      return {
        accountId: subject,
        claims: () => ({ ...options.claimsOf(account), sub: subject }),
      };
    },
    // Nobody has to consent to logging in to their own bank's chain.
    async loadExistingGrant(context) {
      const { client, session, provider } = context.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile email groups');
      await grant.save();
      return grant;
    },
  };
}

async function readForm(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > formBytesMax) throw new RangeError('form too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
