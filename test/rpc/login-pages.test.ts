/** The pages on the way in and out, as a browser without scripts sees them. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from '../support/browser.ts';
import { type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

const HTML = { accept: 'text/html' };

describe('the login page of several organisations', () => {
  let world: RpcWorld;
  beforeAll(async () => {
    world = await startRpcWorld({
      providers: (provider) => [
        { ...provider, emailDomains: ['bank.example', 'xn--bcher-kva.example'] },
        {
          ...provider,
          id: 'quiet',
          name: 'Quiet <Bank> & Co',
          issuer: 'http://127.0.0.1:9/quiet',
          emailDomains: ['quiet.example'],
          isListed: false,
        },
        { ...provider, id: 'down', name: 'Down Bank', issuer: 'http://127.0.0.1:9/down' },
      ],
    });
  });
  afterAll(() => world?.close());

  const page = async (query: string) => {
    const answer = await fetch(`${world.url}/auth/login${query}`, { headers: HTML, redirect: 'manual' });
    return {
      status: answer.status,
      location: answer.headers.get('location'),
      headers: answer.headers,
      text: await answer.text(),
    };
  };
  const type = async (email: string, origin: string | undefined = world.url, returnTo = '/x') => {
    const headers = origin === '' ? HTML : { ...HTML, origin };
    const answer = await createBrowser().submit(`${world.url}/auth/login`, { email, return_to: returnTo }, headers);
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };

  it('names the listed organisations, and takes an e-mail address to a provider', async () => {
    const { status, text } = await page('?return_to=/x');
    expect(status).toBe(200);
    expect(text).toContain('href="/auth/login?provider=dev&amp;return_to=%2Fx">Example Bank</a>');
    expect(text).toContain('Down Bank');
    expect(text).not.toContain('Quiet');
    const found = await type('Ann@Quiet.Example');
    expect(found.status).toBe(200);
    expect(found.text).toContain('Taking you to Quiet &lt;Bank&gt; &amp; Co');
    expect(found.text).toContain(
      '<meta http-equiv="refresh" content="0;url=/auth/login?provider=quiet&amp;return_to=%2Fx">',
    );
    expect((await page('?provider=dev&return_to=/x')).location).toContain(`${world.url}/dev-oidc/auth?`);
  });

  it('finds a domain that is written in other letters', async () => {
    expect((await type('ann@bücher.example')).text).toContain('Taking you to Example Bank');
    expect((await type('"a@b"@bank.example')).text).toContain('Taking you to Example Bank');
  });

  it.each([
    'ann@sub.bank.example',
    'ann@bank.example.evil.example',
    'bank.example',
    'ann@',
    '@',
    'ann@"><script>',
    'ann@bank.example/x',
  ])('finds no organisation for %j, names none that is not listed, and shows what was typed as text', async (email) => {
    const { status, text } = await type(email);
    expect(status).toBe(404);
    expect(text).toContain('No organisation here uses the e-mail domain');
    expect(text).not.toContain('Quiet');
    expect(text).not.toContain('<script>');
  });

  it('takes no form of another site, no form without an address, and no other body', async () => {
    for (const origin of ['https://evil.example', 'null', '']) {
      expect((await type('ann@bank.example', origin)).status).toBe(403);
    }
    expect((await type('')).status).toBe(400);
    expect((await type(`${'a'.repeat(300)}@bank.example`)).status).toBe(400);
    const json = await fetch(`${world.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: world.url },
      body: '{"email":"ann@bank.example"}',
    });
    expect(json.status).toBe(400);
  });

  it('runs without scripts, in nobody’s frame, and hands the place to come back to on as text', async () => {
    for (const { headers, text } of [
      await page('?return_to="><script>alert(1)</script>'),
      await type('ann@bank.example', world.url, '"><script>'),
    ]) {
      expect(text).not.toContain('<script>');
      const policy = headers.get('content-security-policy');
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("form-action 'self'");
    }
  });

  it.each([
    ['?provider=nobody', 404, 'OIDC_PROVIDER_UNKNOWN'],
    ['?provider=__proto__', 404, 'OIDC_PROVIDER_UNKNOWN'],
    ['?provider=', 404, 'OIDC_PROVIDER_UNKNOWN'],
    ['?provider=down', 503, 'OIDC_UNREACHABLE'],
    ['?provider=dev&provider=down', 400, 'REQUEST_INVALID'],
  ])('answers %s with %i %s', async (query, status, code) => {
    const answer = await world.get(`/auth/login${query}`);
    expect([answer.status, answer.body['error']]).toMatchObject([status, { code }]);
  });

  it('gives no session for a login that ends at another provider’s callback', async () => {
    const browser = createBrowser();
    const start = `${world.url}/auth/login?provider=dev`;
    const login = await browser.follow(await browser.get(start), start);
    const answer = await browser.submit(login.url, { login: 'operator' });
    const { url } = await browser.follow(answer, login.url, (next) => next.startsWith(`${world.url}/auth/callback`));
    for (const other of ['quiet', 'down', 'nobody', '']) {
      const refused = await browser.get(url.replace('/callback/dev', `/callback/${other}`));
      expect(refused.status).toBe(400);
      expect(browser.cookie('privity_session')).toBeUndefined();
    }
    expect((await browser.get(url)).status).toBe(302);
    expect(browser.cookie('privity_session')).toBeDefined();
  });
});

describe('a login that is under way', () => {
  it('is in a cookie that no other host of the domain can set', async () => {
    // The provider stays where it can be reached; only our own address is another.
    const world = await startRpcWorld({ options: { publicUrl: 'https://bank.example' } });
    try {
      const answer = await world.app.inject({ url: '/auth/login?provider=dev&redirected=1' });
      expect(answer.statusCode).toBe(302);
      const attributes = String([answer.headers['set-cookie']].flat()[0]).split('; ');
      expect(attributes[0]).toMatch(/^__Host-privity_login=./);
      expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']));
      expect(attributes.join()).not.toMatch(/domain=/i);
    } finally {
      await world.close();
    }
  });
});

describe('logout in a browser', () => {
  let world: RpcWorld;
  beforeAll(async () => {
    world = await startRpcWorld();
  });
  afterAll(() => world?.close());

  const loggedIn = async () => {
    const browser = createBrowser();
    const start = `${world.url}/auth/login`;
    const login = await browser.follow(await browser.get(start), start);
    const answer = await browser.submit(login.url, { login: 'operator' });
    await browser.follow(answer, login.url, (next) => next === `${world.url}/`);
    expect(browser.cookie('privity_session')).toBeDefined();
    return browser;
  };
  const logout = (browser: ReturnType<typeof createBrowser>, origin = world.url) =>
    browser.submit(`${world.url}/auth/logout`, {}, { ...HTML, origin });

  it('ends the session here and leads to the provider, which leads back', async () => {
    const browser = await loggedIn();
    const token = browser.cookie('privity_session')!;
    const asked = await browser.get(`${world.url}/auth/logout`, HTML);
    const text = await asked.text();
    expect(text).toContain('Signed in as <strong>Operator</strong>');
    expect(text).toContain('your login at Example Bank');
    expect(asked.headers.get('content-security-policy')).toContain(`form-action 'self' ${world.url}`);
    const answer = await logout(browser);
    expect([answer.status, browser.cookie('privity_session'), browser.cookie('privity_provider')]).toEqual([
      303,
      undefined,
      undefined,
    ]);
    expect((await world.get('/api/auth/current-session', token)).status).toBe(401);
    const location = new URL(answer.headers.get('location')!);
    expect([location.origin + location.pathname, location.searchParams.has('id_token_hint')]).toEqual([
      `${world.url}/dev-oidc/session/end`,
      true,
    ]);
    const confirm = await browser.get(location.href);
    const form = await confirm.text();
    const xsrf = /name="xsrf" value="(\w+)"/.exec(form)![1]!;
    const ended = await browser.submit(`${world.url}/dev-oidc/session/end/confirm`, { xsrf, logout: 'yes' });
    expect(ended.headers.get('location')).toBe(`${world.url}/auth/signed-out`);
    expect(await (await browser.get(`${world.url}/auth/signed-out`)).text()).toContain('You are signed out');
    expect(world.audit.filter(({ action }) => action === 'auth.logout')).toHaveLength(1);
  });

  it('is not done by a link, nor by another site', async () => {
    const browser = await loggedIn();
    await browser.get(`${world.url}/auth/logout`, HTML);
    for (const origin of ['https://evil.example', 'null']) expect((await logout(browser, origin)).status).toBe(403);
    expect((await browser.get(`${world.url}/api/profiles/me`)).status).toBe(200);
  });

  it('of nobody, or with a cookie that somebody made up, stays here', async () => {
    const browser = createBrowser();
    const page = await (await browser.get(`${world.url}/auth/logout`, HTML)).text();
    expect(page).toContain('You are not signed in here');
    expect(page).not.toContain('<form');
    expect((await logout(browser)).headers.get('location')).toBe('/auth/signed-out');
    const forged = await fetch(`${world.url}/auth/logout`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        origin: world.url,
        cookie: 'privity_provider=AAAA',
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    expect(forged.headers.get('location')).toBe('/auth/signed-out');
  });
});
