import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

describe('a session for the command line', () => {
  let world: RpcWorld;
  let operator: string;
  beforeAll(async () => {
    world = await startRpcWorld();
    operator = await world.sessionOf('operator');
  });
  afterAll(() => world.close());

  const ask = (method: 'GET' | 'POST', headers: Record<string, string>) =>
    fetch(`${world.url}/auth/terminal`, { method, redirect: 'manual', headers: { accept: 'text/html', ...headers } });
  const own = (token: string) => ({ cookie: `privity_session=${token}`, origin: world.url });
  const tokenIn = (page: string) => /id="token">([\w-]{43})</.exec(page)?.[1];

  it('is made on our page, once, with the rights of who makes it, and stands in the list', async () => {
    const page = await ask('GET', own(operator));
    expect([page.status, tokenIn(await page.text())]).toEqual([200, undefined]);
    expect(page.headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
    const made = await ask('POST', own(operator));
    expect(made.headers.get('cache-control')).toBe('no-store');
    const token = tokenIn(await made.text())!;
    expect((await world.get('/api/users', token)).status).toBe(200);
    expect((await world.get('/api/sessions', operator)).body['items']).toContainEqual(
      expect.objectContaining({ method: 'oidc', application: 'privity command', isCurrent: false }),
    );
    expect(world.audit).toContainEqual(
      expect.objectContaining({
        action: 'auth.terminal_session',
        resource: world.access.sessions.find(token)!.id,
      }),
    );
    expect(world.logLines.filter((line) => line.includes(token))).toEqual([]);
  });

  it('lives no longer than the one it was made in, and makes no further one', async () => {
    world.clock.advance(60_000);
    const token = tokenIn(await (await ask('POST', own(operator))).text())!;
    const [parent, made] = [world.access.sessions.find(operator)!, world.access.sessions.find(token)!];
    expect(made.renewableUntil).toBe(parent.renewableUntil);
    expect(made.createdAt).toBeGreaterThan(parent.createdAt);
    const again = await ask('POST', own(token));
    expect([again.status, again.headers.get('location')]).toEqual([303, '/auth/login?return_to=%2Fauth%2Fterminal']);
    await expect(world.access.sessions.extend(made)).resolves.toMatchObject({ renewableUntil: parent.renewableUntil });
  });

  it('is made for nobody else: another site, a bearer token, an application, nobody', async () => {
    const before = world.access.sessions.size;
    for (const origin of ['https://evil.example', 'null', `${world.url}.evil.example`]) {
      expect((await ask('POST', { ...own(operator), origin })).status).toBe(403);
    }
    expect((await ask('POST', { cookie: `privity_session=${operator}` })).status).toBe(403);
    const bearer = await ask('POST', { authorization: `Bearer ${operator}`, origin: world.url });
    const nobody = await ask('POST', { origin: world.url });
    const dead = await ask('POST', own('A'.repeat(43)));
    for (const answer of [bearer, nobody, dead]) expect(answer.status).toBe(303);
    expect(world.access.sessions.size).toBe(before);
    const user = world.access.users.byId(world.access.sessions.find(operator)!.userId)!;
    const application = await world.access.sessions.open(user, 'application', 'dapp');
    expect((await ask('POST', own(application.token))).status).toBe(303);
    expect((await ask('GET', own(application.token))).status).toBe(303);
    expect(world.access.sessions.size).toBe(before + 1);
  });

  it('has no staff rights when a wallet logged in, and is not made from a session that was ended', async () => {
    const alice = await world.login(world.people.alice);
    const token = tokenIn(await (await ask('POST', own(alice))).text())!;
    expect((await world.get('/api/users', token)).status).toBe(403);
    expect((await world.get('/api/profiles/me', token)).status).toBe(200);
    await world.access.users.endSessions(world.access.sessions.find(alice)!.userId);
    expect((await world.get('/api/profiles/me', token)).status).toBe(401);
    expect((await ask('POST', own(alice))).status).toBe(303);
  });
});
