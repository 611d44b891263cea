import * as oidc from 'openid-client';
import type { Clock } from '../../base/clock.ts';
import type { Secret } from '../../base/secret.ts';
import type { AccessKeys } from '../access-keys.ts';
import { accessError } from '../errors.ts';
import type { Log, OidcLogin, Random, UserDirectory } from '../port.ts';
import { newToken } from '../tokens.ts';
import { createLoginCookie } from './login-cookie.ts';
import { mapRoles, type RoleMapping } from './role-mapping.ts';

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client. */
  readonly clientSecret?: Secret<string> | undefined;
  readonly redirectUri: string;
  readonly roles: RoleMapping;
  readonly pendingTtlMs: number;
  readonly timeoutMs: number;
  /** Development only: an issuer without TLS. */
  readonly allowInsecureIssuer: boolean;
  /** `login` asks for the person again although the provider knows one, so that development can change roles. */
  readonly prompt?: 'login' | undefined;
}

/** Authorization code with PKCE (RFC 6749, RFC 7636, OpenID Connect Core), with state and nonce. */
export function createOidcLogin(
  options: OidcOptions,
  deps: { users: UserDirectory; keys: AccessKeys; clock: Clock; random: Random; fetch: typeof fetch; log: Log },
): OidcLogin {
  const { users, clock, random, log } = deps;
  const loginCookie = createLoginCookie(deps);
  let discovered: Promise<oidc.Configuration> | undefined;

  /** On first use, so that the node starts while the provider is down; a failure is not remembered. */
  function provider(): Promise<oidc.Configuration> {
    discovered ??= discover().catch((cause: unknown) => {
      discovered = undefined;
      log.warn({ code: 'OIDC_UNREACHABLE', err: cause }, 'oidc.discovery_failed');
      throw accessError('OIDC_UNREACHABLE', 'discovery', { cause });
    });
    return discovered;
  }

  function discover(): Promise<oidc.Configuration> {
    const secret = options.clientSecret?.reveal();
    return oidc.discovery(
      new URL(options.issuer),
      options.clientId,
      secret,
      secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret),
      {
        timeout: options.timeoutMs / 1000,
        [oidc.customFetch]: (url, init) => deps.fetch(url, init as RequestInit),
        // The ID token's signature is checked even though it comes over the provider's own TLS connection.
        execute: [
          oidc.enableNonRepudiationChecks,
          ...(options.allowInsecureIssuer ? [oidc.allowInsecureRequests] : []),
        ],
      },
    );
  }

  return {
    async start(returnTo) {
      const configuration = await provider();
      const pending = {
        state: newToken(random),
        nonce: newToken(random),
        codeVerifier: newToken(random),
        returnTo: localPath(returnTo),
        expiresAt: clock.now() + options.pendingTtlMs,
      };
      const location = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: options.redirectUri,
        scope: 'openid profile email',
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.codeVerifier),
        code_challenge_method: 'S256',
        ...(options.prompt === undefined ? {} : { prompt: options.prompt }),
      });
      return { location: location.href, cookie: loginCookie.seal(pending) };
    },

    async finish(callback, cookie) {
      const pending = cookie === undefined ? undefined : loginCookie.open(cookie);
      if (pending === undefined) throw accessError('OIDC_LOGIN_FAILED', 'no pending login');
      const configuration = await provider();
      const claims = await exchange(configuration, callback, pending);
      const roles = mapRoles(options.roles, claims.sub, claims);
      const known = users.byIdentity(claims.iss, claims.sub);
      if (roles.length === 0) {
        // What earlier logins left ends with the provider's word.
        if (known !== undefined) await users.refuse(known.id);
        throw accessError('LOGIN_NOT_PERMITTED', 'no console role');
      }
      if (known?.disabled) throw accessError('LOGIN_NOT_PERMITTED', 'disabled');
      const user = await users.save({
        issuer: claims.iss,
        subject: claims.sub,
        source: 'oidc',
        displayName: displayName(claims),
        roles,
        wallets: known?.wallets ?? [],
      });
      return { user, returnTo: pending.returnTo };
    },
  };

  async function exchange(
    configuration: oidc.Configuration,
    callback: URL,
    pending: { state: string; nonce: string; codeVerifier: string },
  ): Promise<oidc.IDToken> {
    // The registered redirect URI with the query that came: the request's own host header is nobody's word.
    const current = new URL(options.redirectUri);
    current.search = callback.search;
    try {
      const tokens = await oidc.authorizationCodeGrant(configuration, current, {
        pkceCodeVerifier: pending.codeVerifier,
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        idTokenExpected: true,
      });
      return tokens.claims()!;
    } catch (cause) {
      throw accessError(isUnreachable(cause) ? 'OIDC_UNREACHABLE' : 'OIDC_LOGIN_FAILED', 'code exchange', { cause });
    }
  }
}

/** No answer, or none of an identity provider's: the person did nothing wrong. */
function isUnreachable(cause: unknown): boolean {
  if (!(cause instanceof oidc.ClientError)) return cause instanceof TypeError;
  const codes = ['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON'];
  return codes.includes(cause.code ?? '');
}

/** Only a path of our own: anything else would make the login page an open redirect. */
export function localPath(path: string): string {
  const safe = /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && !path.includes('\\');
  return safe ? path : '/';
}

const displayName = (claims: oidc.IDToken): string => {
  const name = [claims['name'], claims['preferred_username'], claims['email'], claims.sub].find(
    (value) => typeof value === 'string',
  );
  return String(name).slice(0, 200);
};
