import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readApplications } from '../../src/config/applications.ts';
import { type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

const REDIRECT = 'https://dapp.example/auth/callback';
const GOOD = { client_id: 'dapp', redirect_uri: REDIRECT, state: 'a1b2c3d4e5', response_type: 'token' };

describe('/auth/authorize', () => {
  let world: RpcWorld;
  let cookie: string;
  beforeAll(async () => {
    world = await startRpcWorld({
      options: {
        applications: [
          { clientId: 'dapp', redirectUris: [REDIRECT, 'http://localhost:24101/callback'] },
          { clientId: 'other', redirectUris: ['https://other.example/'] },
        ],
      },
    });
    cookie = `privity_session=${await world.login(world.people.alice)}`;
  });
  afterAll(() => world.close());

  const get = (query: Record<string, string> | string, headers: Record<string, string> = {}) =>
    fetch(`${world.url}/auth/authorize?${new URLSearchParams(query)}`, {
      redirect: 'manual',
      headers: { accept: 'text/html', ...headers },
    });
  const post = (form: Record<string, string> | string, headers: Record<string, string> = {}) =>
    fetch(`${world.url}/auth/authorize`, {
      method: 'POST',
      redirect: 'manual',
      headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    });
  const own = () => ({ cookie, origin: world.url });

  it('asks whoever is logged in, under a strict policy for the page', async () => {
    const page = await get(GOOD, { cookie });
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(text).toContain('Allow dapp.example?');
    expect(text).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son\w+=/);
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(policy).not.toMatch(/unsafe|\*|data:/);
    expect(policy).toContain("form-action 'self' https://dapp.example;");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
  });

  it('hands over another token than the cookie, behind the hash', async () => {
    const answer = await post({ ...GOOD, decision: 'allow' }, own());
    const location = new URL(answer.headers.get('location')!);
    expect([answer.status, location.origin + location.pathname, location.search]).toEqual([303, REDIRECT, '']);
    const fragment = new URLSearchParams(location.hash.slice(1));
    expect([...fragment.keys()]).toEqual(['token', 'state']);
    expect(fragment.get('state')).toBe(GOOD.state);
    expect(cookie).not.toContain(fragment.get('token'));
    expect((await world.get('/api/profiles/me', fragment.get('token')!)).status).toBe(200);
  });

  it.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['no client', { client_id: '' }],
    ['a client of every object', { client_id: 'constructor' }],
    ['another path', { redirect_uri: 'https://dapp.example/auth/callback/x' }],
    ['a query more', { redirect_uri: `${REDIRECT}?next=1` }],
    ['a fragment', { redirect_uri: `${REDIRECT}#x` }],
    ['another host', { redirect_uri: 'https://dapp.example.evil.example/auth/callback' }],
    ['a user in front', { redirect_uri: 'https://dapp.example@evil.example/auth/callback' }],
    ['no TLS', { redirect_uri: REDIRECT.replace('https', 'http') }],
    ['capitals', { redirect_uri: REDIRECT.replace('dapp', 'DAPP') }],
    ['a way around', { redirect_uri: 'https://dapp.example/x/../auth/callback' }],
    ['another port', { redirect_uri: 'http://localhost:24102/callback' }],
    ['the address of another application', { client_id: 'other' }],
    ['a script', { redirect_uri: 'javascript:alert(1)' }],
    ['no address', { redirect_uri: '' }],
    ['markup', { client_id: '"><script>alert(1)</script>' }],
  ])('sends nobody anywhere for %s', async (_what, changes) => {
    for (const answer of [
      await get({ ...GOOD, ...changes }, { cookie }),
      await post({ ...GOOD, ...changes, decision: 'allow' }, own()),
    ]) {
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
      const text = await answer.text();
      expect(text).toContain('AUTHORIZE_APPLICATION');
      expect(text).not.toContain('alert(');
    }
  });

  it.each([
    ['a code', { response_type: 'code' }],
    ['no state', { state: '' }],
    ['a guessable state', { state: '1234567' }],
    ['a state of control characters', { state: 'a1b2c3d4\r\nset-cookie: x=1' }],
    ['a long state', { state: 'x'.repeat(513) }],
    ['an unknown scope', { scope: 'admin' }],
    ['a scope of staff', { scope: 'wallet:required admin:write' }],
  ])('refuses %s', async (_what, changes) => {
    for (const answer of [
      await get({ ...GOOD, ...changes }, { cookie }),
      await post({ ...GOOD, ...changes, decision: 'allow' }, own()),
    ]) {
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
      expect(await answer.text()).toContain('AUTHORIZE_REQUEST');
    }
  });

  it('refuses what stands twice, where a reader could take either', async () => {
    const twice = `${new URLSearchParams(GOOD)}&redirect_uri=https://evil.example/`;
    expect((await get(twice, { cookie })).status).toBe(400);
    expect((await post(`${twice}&decision=allow`, own())).status).toBe(400);
  });

  it.each([
    ['another site', 'https://dapp.example'],
    ['a sandboxed frame', 'null'],
    ['nobody', undefined],
    ['another port of this host', 'http://127.0.0.1:1'],
  ])('lets no page but its own decide: %s', async (_what, origin) => {
    const headers = { cookie, ...(origin === undefined ? {} : { origin }) };
    const answer = await post({ ...GOOD, decision: 'allow' }, headers);
    expect([answer.status, answer.headers.get('location')]).toEqual([403, null]);
    const wallet = await fetch(`${world.url}/auth/wallet`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(origin === undefined ? {} : { origin }) },
      body: '{}',
    });
    expect([wallet.status, wallet.headers.getSetCookie()]).toEqual([403, []]);
  });

  it('forgets, for another account, the session and where the person had logged in', async () => {
    const token = await world.login(world.people.bob);
    const headers = { cookie: `privity_session=${token}; privity_provider=AAAA`, origin: world.url };
    const answer = await post({ ...GOOD, decision: 'switch' }, headers);
    expect([answer.status, world.access.sessions.find(token)]).toEqual([303, undefined]);
    const cleared = answer.headers.getSetCookie().map((line) => line.split('; ')[0]);
    expect(cleared).toEqual(['privity_session=', 'privity_provider=']);
    expect(answer.headers.getSetCookie().every((line) => line.includes('Expires=Thu, 01 Jan 1970'))).toBe(true);
  });

  it('gives nothing without a login, a decision, or with a decision it does not know', async () => {
    const anonymous = await post({ ...GOOD, decision: 'allow' }, { origin: world.url });
    expect(anonymous.headers.get('location')).toMatch(/^\/auth\/authorize\?client_id=dapp/);
    const forged = await post(
      { ...GOOD, decision: 'allow' },
      { ...own(), cookie: `privity_session=${'A'.repeat(43)}` },
    );
    expect(forged.headers.get('location')).toMatch(/^\/auth\/authorize\?/);
    for (const decision of ['', 'ALLOW', 'deny']) expect((await post({ ...GOOD, decision }, own())).status).toBe(400);
    expect((await post(GOOD, own())).status).toBe(400);
    expect((await post('x'.repeat(9000), own())).status).toBe(413);
    const json = await post('{}', { ...own(), 'content-type': 'application/json' });
    expect(json.status).toBe(400);
  });

  it('takes no bearer token for a login here', async () => {
    const token = await world.login(world.people.bob);
    const answer = await post({ ...GOOD, decision: 'allow' }, { authorization: `Bearer ${token}`, origin: world.url });
    expect(answer.headers.get('location')).toMatch(/^\/auth\/authorize\?/);
  });

  it('refuses an account without a wallet where one is required, also when the page is skipped', async () => {
    const person = `privity_session=${await world.sessionOf('customer')}`;
    const form = { ...GOOD, scope: 'wallet:required' };
    expect(await (await get(form, { cookie: person })).text()).toContain('A wallet is needed');
    const answer = await post({ ...form, decision: 'allow' }, { cookie: person, origin: world.url });
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('AUTHORIZE_WALLET_MISSING')]);
  });

  it('logs a wallet in on its own page only with a signature of that wallet', async () => {
    const stranger = privateKeyToAccount(generatePrivateKey());
    const { body } = await world.post('/api/siwe-messages', { address: world.people.alice.address });
    const { msg: message, nonceToken } = body as { msg: string; nonceToken: string };
    const signature = await stranger.signMessage({ message });
    const answer = await fetch(`${world.url}/auth/wallet`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: world.url },
      body: JSON.stringify({ message, signature, nonceToken }),
    });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []]);
  });

  it('escapes names, and answers programs in JSON', async () => {
    const alice = world.access.users.byWallet(world.people.alice.address)!;
    await world.access.users.save({ ...alice, displayName: '<img src=x onerror=alert(1)>' });
    expect(await (await get(GOOD, { cookie })).text()).not.toContain('<img');
    const answer = await get({ ...GOOD, client_id: 'nobody' }, { accept: '*/*' });
    expect(await answer.json()).toMatchObject({ error: { code: 'AUTHORIZE_APPLICATION' } });
  });

  it('shows people a page, not JSON, when a login at the provider fails', async () => {
    const answer = await fetch(`${world.url}/auth/callback/dev?code=x&state=y`, { headers: { accept: 'text/html' } });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('in the window that began it')]);
  });

  it('records who let which application in, and no token', () => {
    const entries = world.audit.filter(({ action }) => action === 'auth.application_authorized');
    expect(entries.length).toBeGreaterThan(0);
    for (const { resource, detail } of entries) expect([resource, detail]).toEqual(['dapp', { redirect: REDIRECT }]);
  });

  describe('the pages of applications', () => {
    const preflight = (path: string, origin: string) =>
      fetch(`${world.url}${path}`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      });

    it.each(['/rpc', '/api/profiles/me'])('may call %s, when they are registered', async (path) => {
      const { headers } = await preflight(path, 'https://dapp.example');
      expect(headers.get('access-control-allow-origin')).toBe('https://dapp.example');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    });

    it.each([
      ['/rpc', 'https://evil.example'],
      ['/rpc', 'null'],
      ['/rpc', 'https://dapp.example.evil.example'],
      ['/api/profiles/me', 'http://dapp.example'],
      ['/auth/wallet', 'https://dapp.example'],
      ['/auth/authorize', 'https://dapp.example'],
      ['/auth/login', 'https://dapp.example'],
      ['/metrics', 'https://dapp.example'],
    ])('may not call %s from %s', async (path, origin) => {
      expect((await preflight(path, origin)).headers.get('access-control-allow-origin')).toBeNull();
      const answer = await fetch(`${world.url}${path}`, { headers: { origin }, redirect: 'manual' });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    });
  });
});

describe('a bearer token', () => {
  let world: RpcWorld;
  beforeAll(async () => {
    world = await startRpcWorld();
  });
  afterAll(() => world.close());
  const status = async (authorization: string) =>
    (await fetch(`${world.url}/api/profiles/me`, { headers: { authorization } })).status;

  it('counts when it is the last of two, as the SDK repeats it, and in no other form', async () => {
    const good = await world.login(world.people.alice);
    const dead = 'A'.repeat(43);
    expect(await status(`Bearer ${good}`)).toBe(200);
    expect(await status(`Bearer ${dead}, Bearer ${good}`)).toBe(200);
    for (const wrong of [
      `Bearer ${good}, Bearer ${dead}`,
      `Bearer ${good},`,
      `Bearer ${dead}, Bearer ${dead}, Bearer ${good}`,
      `bearer ${good}`,
      `Basic ${good}`,
      `Bearer ${good} ${good}`,
      `Bearer ${good}x`,
      '',
    ]) {
      expect(await status(wrong)).toBe(401);
    }
  });
});

describe('registered applications', () => {
  it('are read with all their addresses', () => {
    expect(
      readApplications(['a=https://a.example/x', 'b=http://localhost:24101/callback', 'a=https://a.example/y']),
    ).toEqual([
      { clientId: 'a', redirectUris: ['https://a.example/x', 'https://a.example/y'] },
      { clientId: 'b', redirectUris: ['http://localhost:24101/callback'] },
    ]);
  });

  it.each([
    'https://a.example/',
    '=https://a.example/',
    'a b=https://a.example/',
    'a=',
    'a=a.example',
    'a=http://a.example/',
    'a=http://localhost.evil.example/',
    'a=ftp://localhost/',
    'a=javascript:alert(1)',
    'a=https://user@a.example/',
    'a=https://a.example/#x',
    'a=https://a.example/x/../y',
    'a=https://A.example/',
    'a=https://a.example',
    `a=https://a.example/${'x'.repeat(600)}`,
  ])('are refused when an entry is %s', (entry) => {
    expect(() => readApplications([entry])).toThrow(RangeError);
  });
});
