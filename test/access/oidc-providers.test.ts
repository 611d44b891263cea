/** Logins at several providers, shaped as Keycloak, Okta and Entra shape them, and what an attacker or a wrong provider may bring instead. */

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  changeToken,
  newKey,
  type OidcWorld,
  type OpenedToken,
  openToken,
  type ProviderName,
  SHAPES,
  signToken,
  startOidcWorld,
} from '../support/oidc-world.ts';

const NAMES = Object.keys(SHAPES) as ProviderName[];
const now = () => Math.floor(Date.now() / 1000);

describe('logins at several providers', () => {
  let world: OidcWorld;
  beforeAll(async () => {
    world = await startOidcWorld((provider, name) =>
      name === 'okta' ? { ...provider, audiences: ['api://treasury'], clockToleranceSeconds: 5 } : provider,
    );
  });
  afterAll(() => world?.close());
  beforeEach(() => {
    world.onAnswer = (_url, answer) => answer;
  });

  it.each(NAMES)('at %s give the roles that its claim maps to, and no others', async (name) => {
    const { user, returnTo } = await world.login(name, 'olga');
    expect(user).toMatchObject({ issuer: world.issuerOf(name), subject: 'olga', roles: ['customer', 'operator'] });
    expect(returnTo).toBe('/');
    expect((await world.login(name, 'ann')).user.roles).toEqual(['customer']);
    await expect(world.login(name, 'guest')).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    expect(world.access.users.byIdentity(world.issuerOf(name), 'guest')).toBeUndefined();
  });

  it('of one subject with one e-mail address at two providers are two persons', async () => {
    const users = await Promise.all(NAMES.map(async (name) => (await world.login(name, 'ann')).user));
    expect(new Set(users.map(({ id }) => id)).size).toBe(NAMES.length);
  });

  it.each(NAMES)('at %s go on when its key was rotated in between, and in the middle of one', async (name) => {
    await world.login(name, 'ann');
    world.rotate(name);
    expect((await world.login(name, 'ann')).user.subject).toBe('ann');
    // The provider signs with a key that it has published a moment ago.
    const key = newKey(name);
    world.onAnswer = (url, answer) =>
      url.pathname.endsWith('/jwks')
        ? Response.json({ keys: [{ ...publicPart(key), kid: 'fresh' }] })
        : changeToken((token) =>
            signToken({ header: { alg: key.alg, kid: 'fresh' }, claims: openToken(token).claims }, key),
          )(url, answer);
    expect((await world.login(name, 'ann')).user.subject).toBe('ann');
  });

  it.each(NAMES)('at %s are refused under a key that it has withdrawn', async (name) => {
    await world.login(name, 'ann');
    const { callback, cookie } = await world.begin(name, 'ann');
    world.onAnswer = async (url, answer) =>
      url.pathname.endsWith('/jwks') ? Response.json({ keys: [{ ...publicPart(newKey(name)), kid: 'new' }] }) : answer;
    await expect(world.oidc.finish(name, callback, cookie)).rejects.toMatchObject({ code: 'OIDC_LOGIN_FAILED' });
  });

  const resigned =
    (name: ProviderName, change: (token: OpenedToken) => OpenedToken) =>
    (token: string): string =>
      signToken(change(openToken(token)), world.keyOf(name));
  const claims =
    (change: (claims: Record<string, unknown>, name: ProviderName) => Record<string, unknown>) =>
    (name: ProviderName) =>
      resigned(name, ({ header, claims: given }) => ({ header, claims: change(given, name) }));
  const without = (claim: string) => claims(({ [claim]: _, ...rest }) => rest);

  /** What the token endpoint may answer with a good signature, and is accepted. */
  it.each<[string, (name: ProviderName) => (token: string) => string]>([
    ['signed again', claims((given) => given)],
    ['expired within the tolerance', claims((given) => ({ ...given, exp: now() - 2 }))],
    ['not valid yet within the tolerance', claims((given) => ({ ...given, nbf: now() + 3 }))],
    ['for the client in a list', claims((given) => ({ ...given, aud: [given['aud']] }))],
  ])('accept a token %s', async (_case, tokenOf) => {
    for (const name of NAMES) {
      const { callback, cookie } = await world.begin(name, 'ann');
      world.onAnswer = changeToken(tokenOf(name));
      expect((await world.oidc.finish(name, callback, cookie)).user.subject).toBe('ann');
    }
  });

  it('accept another audience where it is trusted, and only there', async () => {
    const tokenOf = claims((given) => ({ ...given, aud: [given['aud'], 'api://treasury'], azp: given['aud'] }));
    for (const name of NAMES) {
      const { callback, cookie } = await world.begin(name, 'ann');
      world.onAnswer = changeToken(tokenOf(name));
      const finished = world.oidc.finish(name, callback, cookie);
      if (name === 'okta') expect((await finished).user.subject).toBe('ann');
      else await expect(finished).rejects.toMatchObject({ code: 'OIDC_LOGIN_FAILED' });
    }
  });

  it.each<[string, (name: ProviderName) => (token: string) => string | undefined]>([
    ['expired beyond the tolerance', claims((given) => ({ ...given, exp: now() - 40 }))],
    ['not valid yet beyond the tolerance', claims((given) => ({ ...given, nbf: now() + 60 }))],
    ['without an expiry', without('exp')],
    ['without the time of issue', without('iat')],
    ['without an audience', without('aud')],
    ['for another audience', claims((given) => ({ ...given, aud: 'another-client' }))],
    ['for nobody', claims((given) => ({ ...given, aud: [] }))],
    [
      'for others too, without naming who asked',
      claims((given) => ({ ...given, aud: [given['aud'], 'api://treasury'] })),
    ],
    [
      'for others too, asked by one of them',
      claims((given) => ({ ...given, aud: [given['aud'], 'api://treasury'], azp: 'api://treasury' })),
    ],
    ['without an issuer', without('iss')],
    ['of another provider’s issuer', claims((given, name) => ({ ...given, iss: world.issuerOf(other(name)) }))],
    ['of the issuer with another tenant', claims((given) => ({ ...given, iss: `${String(given['iss'])}/` }))],
    ['with another nonce', claims((given) => ({ ...given, nonce: 'n'.repeat(43) }))],
    ['without a nonce', without('nonce')],
    ['without a subject', without('sub')],
    ['with an empty subject', claims((given) => ({ ...given, sub: '' }))],
    ['with a number for a subject', claims((given) => ({ ...given, sub: 7 }))],
    ['with a subject longer than OpenID allows', claims((given) => ({ ...given, sub: 's'.repeat(256) }))],
    [
      'with algorithm none',
      () => (token) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`,
    ],
    [
      'with algorithm none and its signature',
      () => (token) => token.replace(/^[^.]+/, Buffer.from('{"alg":"none"}').toString('base64url')),
    ],
    ['signed with the client secret', (name) => (token) => signedBySecret(token, world.secretOf(name))],
    ['signed with another key', (name) => (token) => signToken(openToken(token), newKey(name))],
    [
      'signed with a key that it brings along',
      (name) =>
        resigned(other(name), ({ header, claims: given }) => ({
          header: { ...header, jwk: publicPart(world.keyOf(other(name))) },
          claims: given,
        })),
    ],
    [
      'under a key id that nobody knows',
      (name) => resigned(name, ({ header, claims: given }) => ({ header: { ...header, kid: 'none' }, claims: given })),
    ],
    ['with a changed claim', () => (token) => withClaims(token, { sub: 'olga' })],
    ['with a signature cut short', () => (token) => token.slice(0, -8)],
    ['that is none', () => () => 'e30.e30.e30'],
    ['that is missing', () => () => undefined],
  ])('refuse a token %s', async (_case, tokenOf) => {
    for (const name of NAMES) {
      const { callback, cookie } = await world.begin(name, 'ann');
      world.onAnswer = changeToken(tokenOf(name));
      await expect(world.oidc.finish(name, callback, cookie), name).rejects.toMatchObject({
        code: 'OIDC_LOGIN_FAILED',
      });
      world.onAnswer = (_url, answer) => answer;
    }
  });

  const edited = (callback: URL, edits: Readonly<Record<string, string | undefined>>) => {
    const url = new URL(callback);
    for (const [name, value] of Object.entries(edits))
      if (value === undefined) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    return url;
  };

  it.each<[string, (callback: URL, name: ProviderName) => URL]>([
    ['without the issuer that the provider always names (RFC 9207)', (url) => edited(url, { iss: undefined })],
    ['of another issuer', (url, name) => edited(url, { iss: world.issuerOf(other(name)) })],
    ['without a state', (url) => edited(url, { state: undefined })],
    ['with another state', (url) => edited(url, { state: 's'.repeat(43) })],
    ['without a code', (url) => edited(url, { code: undefined })],
    ['with another code', (url) => edited(url, { code: 'c'.repeat(43) })],
    ['with an error', (url) => edited(url, { error: 'access_denied', code: undefined })],
    ['with two states', (url) => new URL(`${url.href}&state=s`)],
    ['with nothing', (url) => new URL(url.pathname, url)],
  ])('refuse a callback %s', async (_case, change) => {
    for (const name of NAMES) {
      const { callback, cookie } = await world.begin(name, 'ann');
      await expect(world.oidc.finish(name, change(callback, name), cookie)).rejects.toMatchObject({
        code: 'OIDC_LOGIN_FAILED',
      });
    }
  });

  it('refuse a callback twice, in another browser, and in a browser with another login under way', async () => {
    const first = await world.begin('okta', 'ann');
    const second = await world.begin('okta', 'olga');
    const finish = (callback: URL, cookie: string | undefined) => world.oidc.finish('okta', callback, cookie);
    await expect(finish(first.callback, undefined)).rejects.toMatchObject({ code: 'OIDC_LOGIN_FAILED' });
    await expect(finish(first.callback, second.cookie)).rejects.toMatchObject({ code: 'OIDC_LOGIN_FAILED' });
    await finish(first.callback, first.cookie);
    await expect(finish(first.callback, first.cookie)).rejects.toMatchObject({ code: 'OIDC_LOGIN_FAILED' });
  });

  it('refuse what one provider answers to a login at another (mix-up)', async () => {
    const honest = await world.begin('keycloak', 'ann');
    const hostile = await world.begin('okta', 'ann');
    const refused = { code: 'OIDC_LOGIN_FAILED' };
    // At the other's callback, with either cookie; and at its own with the other's code.
    await expect(world.oidc.finish('okta', honest.callback, honest.cookie)).rejects.toMatchObject(refused);
    await expect(world.oidc.finish('keycloak', hostile.callback, hostile.cookie)).rejects.toMatchObject(refused);
    await expect(world.oidc.finish('keycloak', hostile.callback, honest.cookie)).rejects.toMatchObject(refused);
    const swapped = edited(honest.callback, { code: hostile.callback.searchParams.get('code')! });
    await expect(world.oidc.finish('keycloak', swapped, honest.cookie)).rejects.toMatchObject(refused);
  });

  it.each(['', 'nobody', 'Keycloak', '__proto__', 'constructor'])('know no provider %j', async (id) => {
    await expect(world.oidc.start(id, '/')).rejects.toMatchObject({ code: 'OIDC_PROVIDER_UNKNOWN' });
    const { callback, cookie } = await world.begin('okta', 'ann');
    await expect(world.oidc.finish(id, callback, cookie)).rejects.toMatchObject({ code: 'OIDC_LOGIN_FAILED' });
  });

  it.each<[string, (answer: Response) => Response]>([
    [
      'nothing',
      () => {
        throw new TypeError('fetch failed');
      },
    ],
    ['a failure', () => new Response('no', { status: 503 })],
    ['a page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['no JSON', () => new Response('{', { headers: { 'content-type': 'application/json' } })],
  ])('say so when a provider answers %s, and the others go on', async (_case, answerOf) => {
    const { callback, cookie } = await world.begin('keycloak', 'ann');
    world.onAnswer = (url, answer) => (url.pathname.startsWith(SHAPES.keycloak.issuerPath) ? answerOf(answer) : answer);
    await expect(world.oidc.finish('keycloak', callback, cookie)).rejects.toMatchObject({ code: 'OIDC_UNREACHABLE' });
    expect((await world.login('okta', 'ann')).user.subject).toBe('ann');
  });

  it('log a failure with the provider’s id and a reason, and neither tokens nor claims', async () => {
    const { callback, cookie } = await world.begin('okta', 'ann');
    let token = '';
    world.onAnswer = changeToken((given) => {
      token = given;
      return signToken(
        { ...openToken(given), claims: { ...openToken(given).claims, nonce: 'other' } },
        world.keyOf('okta'),
      );
    });
    world.logged.length = 0;
    await expect(world.oidc.finish('okta', callback, cookie)).rejects.toMatchObject({ code: 'OIDC_LOGIN_FAILED' });
    const text = JSON.stringify(world.logged);
    expect(text).toContain('"provider":"okta"');
    for (const secret of [
      token,
      token.split('.')[1]!,
      'ann@bank.example',
      callback.searchParams.get('code')!,
      world.secretOf('okta'),
    ])
      expect(text).not.toContain(secret);
  });

  const other = (name: ProviderName): ProviderName => (name === 'keycloak' ? 'okta' : 'keycloak');
});

describe('providers that are not what they should be', () => {
  it.each<[string, (metadata: Record<string, unknown>) => Record<string, unknown>]>([
    ['calls itself otherwise', (given) => ({ ...given, issuer: 'https://other.example' })],
    [
      'signs with the client secret only',
      (given) => ({ ...given, id_token_signing_alg_values_supported: ['HS256', 'none'] }),
    ],
  ])('one that %s is refused before anybody is sent there', async (_case, change) => {
    const world = await startOidcWorld();
    world.onAnswer = async (url, answer) =>
      url.pathname.includes('/.well-known/')
        ? Response.json(change((await answer.json()) as Record<string, unknown>))
        : answer;
    for (const name of NAMES) {
      await expect(world.oidc.start(name, '/')).rejects.toMatchObject({ code: 'OIDC_PROVIDER_MISMATCH' });
    }
    // Not remembered.
    world.onAnswer = (_url, answer) => answer;
    expect((await world.login('okta', 'ann')).user.subject).toBe('ann');
    world.close();
  });

  it('one whose issuer stands for every tenant of Entra is refused', async () => {
    const common = 'https://login.microsoftonline.com/common/v2.0';
    const world = await startOidcWorld((provider, name) =>
      name === 'entra' ? { ...provider, issuer: common } : provider,
    );
    const issuer = 'https://login.microsoftonline.com/{tenantid}/v2.0';
    world.onRequest = ({ origin }) =>
      origin === new URL(common).origin
        ? Response.json({
            issuer,
            ...{
              authorization_endpoint: `${common}/authorize`,
              token_endpoint: `${common}/token`,
              jwks_uri: `${common}/keys`,
            },
            id_token_signing_alg_values_supported: ['RS256'],
          })
        : undefined;
    await expect(world.oidc.start('entra', '/')).rejects.toMatchObject({ code: 'OIDC_PROVIDER_MISMATCH' });
    world.close();
  });
});

describe('who may come', () => {
  it('is only who is listed, where the provider’s people are listed', async () => {
    const world = await startOidcWorld((provider, name) =>
      name === 'okta'
        ? {
            ...provider,
            admission: 'listed',
            roles: { ...provider.roles, subjects: new Map([['guest', ['auditor']]]) },
          }
        : provider,
    );
    expect((await world.login('okta', 'guest')).user.roles).toEqual(['auditor']);
    for (const subject of ['ann', 'olga'])
      await expect(world.login('okta', subject)).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    // A subject listed at one provider is a stranger at another.
    await expect(world.login('keycloak', 'guest')).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    world.close();
  });

  it('has no sessions and no roles after a restart that leaves out the person, or the provider', async () => {
    const world = await startOidcWorld();
    const tokens = await Promise.all(
      NAMES.map(async (name) => {
        const { user } = await world.login(name, 'ann');
        return (await world.access.sessions.open(user, 'oidc')).token;
      }),
    );
    const alive = (access: OidcWorld['access']) => tokens.map((token) => access.sessions.find(token) !== undefined);
    const listing = (subject: string) => new Map([[subject, ['customer' as const]]]);
    const same = await world.restart((provider, name) =>
      name === 'okta'
        ? { ...provider, admission: 'listed', roles: { ...provider.roles, subjects: listing('ann') } }
        : provider,
    );
    expect(alive(same)).toEqual([true, true, true]);
    const fewer = await world.restart((provider, name) => {
      if (name === 'entra') return undefined;
      return name === 'okta'
        ? { ...provider, admission: 'listed', roles: { ...provider.roles, subjects: listing('bea') } }
        : provider;
    });
    expect(alive(fewer)).toEqual([true, false, false]);
    expect(NAMES.map((name) => fewer.users.byIdentity(world.issuerOf(name), 'ann')!.roles)).toEqual([
      ['customer'],
      [],
      [],
    ]);
    // Listing them again revives nothing.
    expect(alive(await world.restart((provider) => provider))).toEqual([true, false, false]);
    world.close();
  });

  it('loses sessions and roles when the provider says so, wallet logins included, and gets them again', async () => {
    const world = await startOidcWorld();
    const { user } = await world.login('okta', 'olga');
    const { token } = await world.access.sessions.open(user, 'oidc');
    const groups = (names: readonly string[]) =>
      changeToken((given) =>
        signToken({ ...openToken(given), claims: { ...openToken(given).claims, groups: names } }, world.keyOf('okta')),
      );
    world.onAnswer = groups(['Chain Customers']);
    expect((await world.login('okta', 'olga')).user.roles).toEqual(['customer']);
    expect(world.access.sessions.find(token)?.principal.roles).toEqual(['customer']);
    world.onAnswer = groups(['Everyone']);
    await expect(world.login('okta', 'olga')).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    expect(world.access.sessions.find(token)).toBeUndefined();
    expect(world.access.users.byId(user.id)?.roles).toEqual([]);
    world.onAnswer = (_url, answer) => answer;
    const again = await world.login('okta', 'olga');
    expect([again.user.id, again.user.roles]).toEqual([user.id, ['customer', 'operator']]);
    expect(world.access.sessions.find(token)).toBeUndefined();
    await world.access.users.disable(user.id);
    await expect(world.login('okta', 'olga')).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    world.close();
  });

  it('is nobody whose roles the provider left elsewhere, and the log says why', async () => {
    const world = await startOidcWorld();
    world.onAnswer = changeToken((given) => {
      const { header, claims } = openToken(given);
      const { roles: _, ...rest } = claims;
      return signToken({ header, claims: { ...rest, _claim_names: { roles: 'src1' } } }, world.keyOf('entra'));
    });
    await expect(world.login('entra', 'olga')).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    expect(world.logged).toContainEqual(expect.objectContaining({ event: 'oidc.refused' }));
    world.close();
  });
});

describe('ending the login at the provider', () => {
  let world: OidcWorld;
  beforeAll(async () => {
    world = await startOidcWorld();
  });
  afterAll(() => world?.close());

  it.each(NAMES)('leads to %s with the token that it knows the login by', async (name) => {
    const { logoutCookie } = await world.login(name, 'ann');
    const ended = await world.oidc.endAtProvider(logoutCookie);
    const url = new URL(ended!.location!);
    expect(url.href.startsWith(`${world.issuerOf(name)}/`)).toBe(true);
    expect(openToken(url.searchParams.get('id_token_hint')!).claims).toMatchObject({ sub: 'ann' });
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe('http://127.0.0.1:1/auth/signed-out');
  });

  it('goes without a token that is too large for a cookie', async () => {
    const groups = Array.from({ length: 400 }, (_, i) => `Chain Group ${i}`);
    world.onAnswer = changeToken((given) =>
      signToken(
        { ...openToken(given), claims: { ...openToken(given).claims, groups: ['Chain Customers', ...groups] } },
        world.keyOf('okta'),
      ),
    );
    const { logoutCookie } = await world.login('okta', 'ann');
    world.onAnswer = (_url, answer) => answer;
    expect(logoutCookie.length).toBeLessThan(4000);
    const url = new URL((await world.oidc.endAtProvider(logoutCookie))!.location!);
    expect([url.searchParams.has('id_token_hint'), url.searchParams.get('client_id')]).toEqual([false, 'client-okta']);
  });

  it('leads nowhere without a cookie of ours, with one of a login under way, and where the provider offers nothing', async () => {
    const { cookie } = await world.begin('okta', 'ann');
    const { logoutCookie } = await world.login('okta', 'ann');
    for (const text of [undefined, '', 'x', cookie, `${logoutCookie.slice(0, -4)}AAAA`])
      expect(await world.oidc.endAtProvider(text)).toBeUndefined();
    const mute = await startOidcWorld();
    mute.onAnswer = async (url, answer) => {
      if (!url.pathname.includes('/.well-known/')) return answer;
      const { end_session_endpoint: _, ...rest } = (await answer.json()) as Record<string, unknown>;
      return Response.json(rest);
    };
    const silent = await mute.oidc.endAtProvider((await mute.login('okta', 'ann')).logoutCookie);
    expect(silent).toEqual({ name: 'okta', location: undefined });
    mute.close();
  });
});

const PRIVATE = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi']);
const publicPart = (jwk: object): object =>
  Object.fromEntries(Object.entries(jwk).filter(([name]) => !PRIVATE.has(name)));

const withClaims = (token: string, changes: object): string => {
  const [header, , signature] = token.split('.');
  const claims = { ...openToken(token).claims, ...changes };
  return `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
};

function signedBySecret(token: string, secret: string): string {
  const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
  const signed = `${header}.${token.split('.')[1]}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
