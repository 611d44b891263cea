import type { Clock } from '../../base/clock.ts';
import type { AccessKeys } from '../access-keys.ts';
import { accessError } from '../errors.ts';
import type { Log, OidcLogin, Random, User, UserDirectory } from '../port.ts';
import { newToken } from '../tokens.ts';
import { createIdentityProvider, type OidcProviderOptions } from './provider.ts';
import { areRolesElsewhere, mapRoles } from './role-mapping.ts';
import { createSealedCookie, type LoginAtProvider, type PendingLogin } from './sealed-cookie.ts';

export interface OidcOptions {
  /** At least one; ids and issuers differ. */
  readonly providers: readonly OidcProviderOptions[];
  readonly pendingTtlMs: number;
  /** How long a login at the provider may be ended from here; the longest life of a session. */
  readonly logoutTtlMs: number;
}

type Claims = Readonly<Record<string, unknown>>;

/** Browsers refuse larger cookies, name and attributes included. */
const cookieCharsMax = 3_800;
const displayNameCharsMax = 200;

/** Logins at the organisations' own providers. A person is an issuer and its subject: the same e-mail address at two providers is two persons. */
export function createOidcLogin(
  options: OidcOptions,
  deps: {
    users: UserDirectory;
    keys: AccessKeys;
    clock: Clock;
    random: Random;
    fetch: typeof fetch;
    log: Log;
  },
): OidcLogin {
  const { users, clock, random, log } = deps;
  const pendingCookie = createSealedCookie<PendingLogin>('login-cookie', deps);
  const logoutCookie = createSealedCookie<LoginAtProvider>('logout-cookie', deps);
  const providers = new Map(options.providers.map((provider) => [provider.id, createIdentityProvider(provider, deps)]));
  const providerOf = (id: string) => {
    const provider = providers.get(id);
    if (provider === undefined) throw accessError('OIDC_PROVIDER_UNKNOWN');
    return provider;
  };

  return {
    providers: options.providers,

    async start(providerId, returnTo) {
      const pending = {
        provider: providerId,
        state: newToken(random),
        nonce: newToken(random),
        codeVerifier: newToken(random),
        returnTo: localPath(returnTo),
        expiresAt: clock.now() + options.pendingTtlMs,
      };
      const location = await providerOf(providerId).authorizationUrl(pending);
      return { location: location.href, cookie: pendingCookie.seal(pending) };
    },

    async finish(providerId, callback, cookie) {
      const pending = cookie === undefined ? undefined : pendingCookie.open(cookie);
      // Another provider's answer to this login is a mix-up (RFC 9700 4.4).
      if (pending?.provider !== providerId) throw accessError('OIDC_LOGIN_FAILED', 'no pending login at this provider');
      const provider = providerOf(providerId);
      const { claims, idToken } = await provider.exchange(callback, pending);
      const user = await admit(provider.options, claims);
      return { user, returnTo: pending.returnTo, logoutCookie: sealLogin(providerId, idToken) };
    },

    async endAtProvider(cookie) {
      const login = cookie === undefined ? undefined : logoutCookie.open(cookie);
      const provider = login === undefined ? undefined : providers.get(login.provider);
      if (login === undefined || provider === undefined) return undefined;
      const { name } = provider.options;
      try {
        const url = await provider.endSessionUrl(login.idToken);
        return { name, location: url?.href };
      } catch {
        // Logged where it was found. Whoever logs out is logged out here, whatever the provider does.
        return { name, location: undefined };
      }
    },
  };

  async function admit(
    { roles: mapping, admission, issuer }: OidcProviderOptions,
    claims: Claims & { readonly sub: string },
  ): Promise<User> {
    const known = users.byIdentity(issuer, claims.sub);
    if (known?.disabled) throw accessError('LOGIN_NOT_PERMITTED', 'disabled');
    const isExpected = admission === 'just-in-time' || mapping.subjects.has(claims.sub);
    const roles = isExpected ? mapRoles(mapping, claims.sub, claims) : [];
    if (roles.length === 0) {
      const reason = isExpected ? 'no console role' : 'not listed';
      if (areRolesElsewhere(mapping, claims))
        log.warn({ code: 'LOGIN_NOT_PERMITTED', reason: 'roles elsewhere' }, 'oidc.refused');
      // What they had from an earlier login ends with the provider's word that they have it no more.
      if (known !== undefined) await users.refuse(known.id);
      throw accessError('LOGIN_NOT_PERMITTED', reason);
    }
    return users.save({ issuer, subject: claims.sub, source: 'oidc', displayName: displayNameOf(claims), roles });
  }

  function sealLogin(provider: string, idToken: string): string {
    const expiresAt = clock.now() + options.logoutTtlMs;
    const whole = logoutCookie.seal({ provider, idToken, expiresAt });
    return whole.length <= cookieCharsMax ? whole : logoutCookie.seal({ provider, expiresAt });
  }
}

/** Only a path of our own: anything else would make the login page an open redirect. */
export function localPath(path: string): string {
  const safe = /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && !path.includes('\\');
  return safe ? path : '/';
}

const displayNameOf = (claims: Claims): string => {
  const name = [claims['name'], claims['preferred_username'], claims['email'], claims['sub']].find(
    (value) => typeof value === 'string' && value.trim() !== '',
  );
  return String(name).slice(0, displayNameCharsMax);
};
