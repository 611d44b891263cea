import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser } from '../support/browser.ts';
import { type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

/** Up to the provider's redirect back to us, which the caller may tamper with. */
async function loginAs(world: RpcWorld, browser: Browser, subject: string, returnTo = '/'): Promise<string> {
  const start = `${world.url}/auth/login?return_to=${encodeURIComponent(returnTo)}`;
  const page = await browser.follow(await browser.get(start), start);
  expect(page.response.status).toBe(200);
  const html = await page.response.text();
  expect(html).toContain(`value="${subject}"`);
  const answer = await browser.submit(page.url, { login: subject });
  const { url } = await browser.follow(answer, page.url, (next) => next.startsWith(`${world.url}/auth/callback`));
  expect(url).toContain('/auth/callback/dev?');
  return url;
}

describe('OpenID login with code and PKCE, against the provider in process', () => {
  let world: RpcWorld;
  beforeAll(async () => {
    world = await startRpcWorld();
  });
  afterAll(() => world.close());

  it('gives a browser a session cookie and sends it where it was going', async () => {
    const browser = createBrowser();
    const callback = await loginAs(world, browser, 'auditor', '/batches/1');
    const landed = await browser.get(callback);
    expect([landed.status, landed.headers.get('location')]).toEqual([302, '/batches/1']);
    const cookie = landed.headers.getSetCookie().find((line) => line.startsWith('privity_session='))!;
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    const profile = await (await browser.get(`${world.url}/api/profiles/me`)).json();
    expect(profile).toMatchObject({ displayName: 'Auditor', roles: [{ roleName: 'auditor' }], wallets: [] });
  });

  it('gives a client that asks for JSON the token', async () => {
    const browser = createBrowser();
    const callback = await loginAs(world, browser, 'operator');
    const answer = await browser.get(callback, { accept: 'application/json' });
    const { token } = (await answer.json()) as { token: string };
    const session = await world.get('/api/auth/current-session', token);
    expect(session.body).toMatchObject({ type: 'user' });
    expect(browser.cookie('privity_session')).toBeUndefined();
  });

  it('keeps one user for one issuer and subject', async () => {
    const before = world.stores.rows.users.size;
    for (let i = 0; i < 2; i += 1) {
      const browser = createBrowser();
      await browser.get(await loginAs(world, browser, 'compliance'));
    }
    expect(world.stores.rows.users.size).toBe(before + 1);
  });

  it('refuses a callback in another browser (login CSRF)', async () => {
    const callback = await loginAs(world, createBrowser(), 'operator');
    const answer = await createBrowser().get(callback);
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'OIDC_LOGIN_FAILED' } }]);
  });

  it('refuses another state, a forged code, and the same code twice', async () => {
    const browser = createBrowser();
    const callback = new URL(await loginAs(world, browser, 'operator'));
    for (const name of ['state', 'code']) {
      const forged = new URL(callback);
      forged.searchParams.set(name, `${callback.searchParams.get(name)!.slice(0, -2)}xx`);
      const answer = await browser.get(forged.href);
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'OIDC_LOGIN_FAILED' } }]);
    }
    expect((await browser.get(callback.href)).status).toBe(302);
    const again = await browser.get(callback.href);
    expect(again.status).toBe(400);
  });

  it('refuses a login that took too long', async () => {
    const browser = createBrowser();
    const callback = await loginAs(world, browser, 'operator');
    world.clock.advance(601_000);
    expect((await browser.get(callback)).status).toBe(400);
  });

  it('gives no session to a name that the page does not offer', async () => {
    const browser = createBrowser();
    const start = `${world.url}/auth/login`;
    const page = await browser.follow(await browser.get(start), start);
    const answer = await browser.submit(page.url, { login: 'root' });
    const { url } = await browser.follow(answer, page.url, (next) => next.startsWith(`${world.url}/auth/callback`));
    expect(url).toContain('error=access_denied');
    expect((await browser.get(url)).status).toBe(400);
    expect(browser.cookie('privity_session')).toBeUndefined();
  });

  it('refuses a person without a role here, and a disabled one', async () => {
    const refused = async (subject: string) => {
      const browser = createBrowser();
      const answer = await browser.get(await loginAs(world, browser, subject));
      expect(browser.cookie('privity_session')).toBeUndefined();
      return [answer.status, ((await answer.json()) as { error: { code: string } }).error.code];
    };
    expect(await refused('guest')).toEqual([403, 'LOGIN_NOT_PERMITTED']);
    expect(world.access.users.byIdentity(`${world.url}/dev-oidc`, 'guest')).toBeUndefined();
    await world.sessionOf('registrar');
    const registrar = world.access.users.byIdentity(`${world.url}/dev-oidc`, 'registrar')!;
    await world.access.users.disable(registrar.id);
    expect(await refused('registrar')).toEqual([403, 'LOGIN_NOT_PERMITTED']);
  });

  it('answers 400 to an interaction of another browser', async () => {
    const browser = createBrowser();
    const start = `${world.url}/auth/login`;
    const page = await browser.follow(await browser.get(start), start);
    expect((await createBrowser().submit(page.url, { login: 'operator' })).status).toBe(400);
  });

  it.each(['//evil.example', 'https://evil.example/', '/\\evil.example', '/a b', 'javascript:alert(1)'])(
    'does not send anybody to %s',
    async (returnTo) => {
      const browser = createBrowser();
      const landed = await browser.get(await loginAs(world, browser, 'customer', returnTo));
      expect(landed.headers.get('location')).toBe('/');
    },
  );

  it('sends a browser on another name of this host to the public one first', async () => {
    const { port } = new URL(world.url);
    const answer = await fetch(`http://localhost:${port}/auth/login?return_to=/x`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toBe(`${world.url}/auth/login?return_to=%2Fx&redirected=1`);
    const behindProxy = await fetch(`http://localhost:${port}/auth/login?redirected=1`, { redirect: 'manual' });
    expect(behindProxy.headers.get('location')).toContain('/dev-oidc/auth?');
  });

  it('refuses a cookie on a request that another site makes', async () => {
    const browser = createBrowser();
    await browser.get(await loginAs(world, browser, 'customer'));
    const cookie = `privity_session=${browser.cookie('privity_session')}`;
    const logout = (origin: string | undefined) =>
      fetch(`${world.url}/api/auth/logout`, {
        method: 'POST',
        headers: { cookie, ...(origin === undefined ? {} : { origin }) },
      });
    for (const origin of ['https://evil.example', 'null', undefined]) {
      const answer = await logout(origin);
      expect([answer.status, await answer.json()]).toMatchObject([403, { error: { code: 'REQUEST_CROSS_SITE' } }]);
    }
    expect((await logout(world.url)).status).toBe(200);
    expect((await browser.get(`${world.url}/api/profiles/me`)).status).toBe(401);
  });
});

describe('an identity provider that does not answer', () => {
  it('ends in a coded error, and wallets still log in', async () => {
    const world = await startRpcWorld({ oidcIssuer: 'http://127.0.0.1:9/none' });
    const answer = await world.get('/auth/login');
    expect([answer.status, answer.body['error']]).toMatchObject([503, { code: 'OIDC_UNREACHABLE' }]);
    expect(await world.login(world.people.alice)).toMatch(/^[\w-]{43}$/);
    await world.close();
  });
});
