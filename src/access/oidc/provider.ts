import * as oidc from 'openid-client';
import type { Clock } from '../../base/clock.ts';
import type { Secret } from '../../base/secret.ts';
import { accessError } from '../errors.ts';
import type { Log } from '../port.ts';
import { decodeJoseHeader } from './jose-header.ts';
import type { RoleMapping } from './role-mapping.ts';
import type { PendingLogin } from './sealed-cookie.ts';

export interface OidcProviderOptions {
  /** Stands in the redirect URI, which is the provider's own: an answer of one never reaches a login at another (RFC 9700 4.4.2). */
  readonly id: string;
  /** The organisation, as people know it. */
  readonly name: string;
  /** As the provider writes it, letter for letter. */
  readonly issuer: string;
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  readonly redirectUri: string;
  readonly signedOutUri: string;
  readonly scopes: readonly string[];
  /** Audiences beside the client that an ID token may name (OpenID Connect Core 3.1.3.7, 3). */
  readonly audiences: readonly string[];
  readonly emailDomains: readonly string[];
  /** False: only who types an e-mail address of its domains is sent there. */
  readonly isListed: boolean;
  readonly roles: RoleMapping;
  /** `listed`: only subjects whom the role mapping names. */
  readonly admission: 'just-in-time' | 'listed';
  /** By how much the provider's clock may differ from ours. */
  readonly clockToleranceSeconds: number;
  readonly timeoutMs: number;
  /** Development only: an issuer without TLS. */
  readonly allowInsecureIssuer: boolean;
  /** `login` asks for the person again although the provider knows one, so that development can change roles. */
  readonly prompt?: 'login' | undefined;
}

export type ClientAuthentication =
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: Secret<string> }
  /** A public client. */
  | { readonly method: 'none' };

/** Signatures by a key that the provider alone has. `none` and the client secret (HS256) are no proof of who issued a token. */
const SIGNATURES = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** What the library calls an answer that is none of an identity provider's. */
const UNREACHABLE = [
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
];

/** How long the discovery document is believed. */
const metadataTtlMs = 600_000;
const subjectCharsMax = 255;

export interface IdentityProvider {
  readonly options: OidcProviderOptions;
  authorizationUrl(pending: PendingLogin): Promise<URL>;
  /** The claims of the person whose login the callback ends, and the token that they stand in. */
  exchange(callback: URL, pending: PendingLogin): Promise<{ claims: oidc.IDToken; idToken: string }>;
  /** Where the browser goes to end the login there too; undefined when the provider offers no such place. */
  endSessionUrl(idToken: string | undefined): Promise<URL | undefined>;
}

/** One OpenID provider, as far as a login needs it: authorization code with PKCE (RFC 6749, RFC 7636, OpenID Connect Core), state and nonce. */
export function createIdentityProvider(
  options: OidcProviderOptions,
  deps: { clock: Clock; fetch: typeof fetch; log: Log },
): IdentityProvider {
  const { clock, log } = deps;
  let discovered: { readonly metadata: Promise<oidc.ServerMetadata>; readonly at: number } | undefined;

  /** On first use, so that the node starts while the provider is down; a failure is not remembered. */
  function metadata(): Promise<oidc.ServerMetadata> {
    if (discovered === undefined || clock.now() - discovered.at >= metadataTtlMs) {
      const found = discover();
      const entry = { metadata: found, at: clock.now() };
      discovered = entry;
      found.catch(() => {
        if (discovered === entry) discovered = undefined;
      });
    }
    return discovered.metadata;
  }

  async function discover(): Promise<oidc.ServerMetadata> {
    let found: oidc.ServerMetadata;
    try {
      const configuration = await oidc.discovery(
        new URL(options.issuer),
        options.clientId,
        undefined,
        oidc.None(),
        settings(),
      );
      found = { ...configuration.serverMetadata() };
    } catch (cause) {
      const isOther = cause instanceof oidc.ClientError && cause.code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED';
      const code = isOther ? 'OIDC_PROVIDER_MISMATCH' : 'OIDC_UNREACHABLE';
      log.warn({ code, provider: options.id, err: cause }, 'oidc.discovery_failed');
      throw accessError(code, 'discovery', { cause });
    }
    const offered = found.id_token_signing_alg_values_supported ?? ['RS256'];
    const accepted = offered.filter((name) => SIGNATURES.includes(name));
    // The library lets some providers answer for another issuer (Entra's `common`, for any tenant of anybody): that is nobody's identity.
    if (found.issuer !== options.issuer || accepted.length === 0) {
      log.warn({ code: 'OIDC_PROVIDER_MISMATCH', provider: options.id }, 'oidc.provider_mismatch');
      throw accessError(
        'OIDC_PROVIDER_MISMATCH',
        accepted.length === 0 ? 'signatures' : `calls itself ${found.issuer}`,
      );
    }
    return { ...found, id_token_signing_alg_values_supported: accepted };
  }

  /**
   * New for each login, so that the provider's keys are fetched for each: one that it withdrew is dead at once and a new one known at once,
   * which costs one request beside the exchange.
   */
  async function configuration(): Promise<oidc.Configuration> {
    const created = new oidc.Configuration(
      await metadata(),
      options.clientId,
      { [oidc.clockTolerance]: options.clockToleranceSeconds },
      authenticationOf(options.authentication),
    );
    created.timeout = options.timeoutMs / 1000;
    created[oidc.customFetch] = settings()[oidc.customFetch]!;
    for (const apply of settings().execute ?? []) apply(created);
    return created;
  }

  function settings(): oidc.DiscoveryRequestOptions {
    return {
      timeout: options.timeoutMs / 1000,
      [oidc.customFetch]: (url, init) => deps.fetch(url, init as RequestInit),
      // The ID token's signature is checked even though it comes over the provider's own TLS connection.
      execute: [oidc.enableNonRepudiationChecks, ...(options.allowInsecureIssuer ? [oidc.allowInsecureRequests] : [])],
    };
  }

  return {
    options,

    authorizationUrl: async (pending) =>
      oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: options.redirectUri,
        scope: options.scopes.join(' '),
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.codeVerifier),
        code_challenge_method: 'S256',
        ...(options.prompt === undefined ? {} : { prompt: options.prompt }),
      }),

    async exchange(callback, pending) {
      const configured = await configuration();
      // The registered redirect URI with the query that came: the request's own host header is nobody's word.
      const current = new URL(options.redirectUri);
      current.search = callback.search;
      try {
        const tokens = await oidc.authorizationCodeGrant(configured, current, {
          pkceCodeVerifier: pending.codeVerifier,
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        const fault = faultOf(claims, tokens.id_token!);
        if (fault !== undefined) throw accessError('OIDC_LOGIN_FAILED', fault);
        return { claims, idToken: tokens.id_token! };
      } catch (cause) {
        const code = isUnreachable(cause) ? 'OIDC_UNREACHABLE' : 'OIDC_LOGIN_FAILED';
        // The causes of the library hold tokens and claims; its codes do not.
        log.warn({ code, provider: options.id, reason: reasonOf(cause) }, 'oidc.login_failed');
        throw accessError(code, 'code exchange', { cause });
      }
    },

    async endSessionUrl(idToken) {
      const configured = await configuration();
      if (configured.serverMetadata().end_session_endpoint === undefined) return undefined;
      return oidc.buildEndSessionUrl(configured, {
        post_logout_redirect_uri: options.signedOutUri,
        ...(idToken === undefined ? {} : { id_token_hint: idToken }),
      });
    },
  };

  /** What the library leaves open, or leaves to a provider's metadata. */
  function faultOf(claims: oidc.IDToken, idToken: string): string | undefined {
    if (claims.iss !== options.issuer) return 'issuer';
    if (!SIGNATURES.includes(decodeJoseHeader(idToken)?.alg ?? 'none')) return 'signature algorithm';
    const trusted = new Set([options.clientId, ...options.audiences]);
    if ([claims.aud].flat().some((audience) => !trusted.has(audience))) return 'audience';
    return claims.sub === '' || claims.sub.length > subjectCharsMax ? 'subject' : undefined;
  }
}

function authenticationOf(authentication: ClientAuthentication): oidc.ClientAuth {
  switch (authentication.method) {
    case 'client_secret_basic':
      return oidc.ClientSecretBasic(authentication.secret.reveal());
    case 'client_secret_post':
      return oidc.ClientSecretPost(authentication.secret.reveal());
    case 'none':
      return oidc.None();
  }
}

/** No answer, or none of an identity provider's: the person did nothing wrong. */
function isUnreachable(cause: unknown): boolean {
  if (!(cause instanceof oidc.ClientError)) return cause instanceof TypeError;
  return UNREACHABLE.includes(cause.code ?? '');
}

const reasonOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unknown';
