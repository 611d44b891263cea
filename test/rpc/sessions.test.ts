import { once } from 'node:events';
import { connect } from 'node:net';
import type { PrivateKeyAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

interface Listed {
  readonly id: string;
  readonly method: string;
  readonly application: string | null;
  readonly isCurrent: boolean;
}

const unauthorized = { status: 401, body: { error: { code: 'LOGIN_REQUIRED' } } };
const forApplicationsNot = { status: 403, body: { error: { code: 'APPLICATION_SESSION' } } };
const notFound = { status: 404, body: { error: { code: 'NOT_FOUND' } } };

describe('sessions', () => {
  let world: RpcWorld;
  beforeAll(async () => {
    world = await startRpcWorld();
  });
  afterAll(() => world.close());

  /** The first by signature; wallets may not log in as often as these tests do. */
  const login = async (account: PrivateKeyAccount): Promise<string> => {
    const user = world.access.users.byWallet(account.address);
    return user === undefined ? world.login(account) : (await world.access.sessions.open(user, 'siwe')).token;
  };
  /** What answers 204 has no body. */
  const order = (path: string, token?: string, headers: Record<string, string> = {}) =>
    fetch(`${world.url}${path}`, {
      method: 'POST',
      headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    });
  const listOf = async (token: string) => (await world.get('/api/sessions', token)).body['items'] as Listed[];
  const wallet = async (token: string) =>
    String((await world.get('/api/wallet/personal-rpc-token', token)).body['token']);
  const viaUrl = async (walletToken: string) => {
    const { body } = await world.post(`/rpc/wallet/${walletToken}`, { jsonrpc: '2.0', id: 1, method: 'eth_chainId' });
    return (body['error'] as { code: number } | undefined)?.code ?? 'served';
  };
  const applicationOf = async (token: string) => {
    const { userId } = world.access.sessions.find(token)!;
    const opened = await world.access.sessions.open(world.access.users.byId(userId)!, 'application', 'dapp');
    return opened.token;
  };

  it('of a person are listed, with those of applications and without anything that opens one', async () => {
    const token = await login(world.people.alice);
    const other = await login(world.people.alice);
    const application = await applicationOf(token);
    const { body } = await world.get('/api/sessions', token);
    const items = body['items'] as Listed[];
    expect(items.map(({ method, application, isCurrent }) => [method, application, isCurrent])).toEqual(
      expect.arrayContaining([
        ['siwe', null, true],
        ['siwe', null, false],
        ['application', 'dapp', false],
      ]),
    );
    for (const secret of [token, other, application]) {
      expect(JSON.stringify(body)).not.toContain(secret.slice(0, 10));
      expect(JSON.stringify(body)).not.toContain(world.access.sessions.find(secret)!.tokenHash.slice(0, 10));
    }
    for (const { id } of items) {
      expect(await world.get('/api/sessions', id)).toMatchObject(unauthorized);
      expect(await viaUrl(id)).toBe(-32090);
    }
    await world.access.users.endSessions(world.access.sessions.find(token)!.userId);
  });

  it('are revoked by id, and dead at the next request everywhere', async () => {
    const keep = await login(world.people.alice);
    const lost = await login(world.people.alice);
    const { id } = (await listOf(lost)).find(({ isCurrent }) => isCurrent)!;
    expect((await order(`/api/sessions/${id}/revoke`, keep)).status).toBe(204);
    expect(await world.get('/api/profiles/me', lost)).toMatchObject(unauthorized);
    expect((await world.rpc(lost, 'eth_chainId')).error).toMatchObject({ code: -32090 });
    expect((await world.get('/api/profiles/me', keep)).status).toBe(200);
    expect((await order(`/api/sessions/${id}/revoke`, keep)).status).toBe(404);
    expect(world.audit.at(-1)).toMatchObject({ action: 'session.revoked', resource: id });
  });

  it('are revoked all but one', async () => {
    const keep = await login(world.people.alice);
    const application = await applicationOf(keep);
    const urls = [await wallet(application), await wallet(keep)];
    const others = [await login(world.people.alice), await login(world.people.alice), application];
    const bob = await login(world.people.bob);
    const count = String((await listOf(keep)).length - 1);
    expect((await order('/api/sessions/revoke-others', keep)).status).toBe(204);
    for (const other of others) expect(await world.get('/api/profiles/me', other)).toMatchObject(unauthorized);
    for (const url of urls) expect(await viaUrl(url)).toBe(-32090);
    expect(await viaUrl(await wallet(keep))).toBe('served');
    expect(world.stores.rows.acts.at(-1)).toMatchObject({ action: 'session.others_revoked', detail: { count } });
    for (const token of [keep, bob]) expect((await world.get('/api/profiles/me', token)).status).toBe(200);
    expect(await listOf(keep)).toHaveLength(1);
  });

  it('of another person are as if they were not there', async () => {
    const alice = await login(world.people.alice);
    const bob = await login(world.people.bob);
    const [{ id }] = (await listOf(bob)) as [Listed];
    await wallet(bob);
    const tokenId = world.access.walletTokens.ofUser(world.access.sessions.find(bob)!.userId)[0]!.id;
    for (const path of [`/api/sessions/${id}/revoke`, `/api/wallet/tokens/${tokenId}/revoke`]) {
      const denied = await world.post(path, {}, alice);
      const absent = await world.post(path.replace(/[\w-]{22}/, 'A'.repeat(22)), {}, alice);
      expect(denied).toMatchObject(notFound);
      expect(denied.body['error']).toEqual(absent.body['error']);
    }
    expect((await world.get('/api/profiles/me', bob)).status).toBe(200);
    expect(await viaUrl(await wallet(bob))).toBe('served');
  });

  it.each([
    ['GET', '/api/sessions'],
    ['POST', '/api/sessions/x/revoke'],
    ['POST', '/api/sessions/revoke-others'],
    ['GET', '/api/wallet/tokens'],
    ['POST', '/api/wallet/tokens/x/revoke'],
  ])('%s %s is for a person’s own login: not for nobody, an application or a wallet URL', async (method, path) => {
    const alice = await login(world.people.alice);
    const ask = (token?: string) => (method === 'GET' ? world.get(path, token) : world.post(path, {}, token));
    expect(await ask()).toMatchObject(unauthorized);
    expect(await ask(await applicationOf(alice))).toMatchObject(forApplicationsNot);
    expect(await ask(await wallet(alice))).toMatchObject(unauthorized);
    expect((await world.get('/api/profiles/me', alice)).status).toBe(200);
  });

  it('are not ended by another site, whatever cookie the browser sends', async () => {
    const token = await login(world.people.alice);
    await login(world.people.alice);
    const headers = { cookie: `privity_session=${token}`, origin: 'https://evil.example' };
    const before = (await listOf(token)).length;
    expect((await order('/api/sessions/revoke-others', undefined, headers)).status).toBe(403);
    expect(await listOf(token)).toHaveLength(before);
    expect((await order('/api/sessions/revoke-others', undefined, { ...headers, origin: world.url })).status).toBe(204);
    expect(await listOf(token)).toHaveLength(1);
  });

  it('answer what was asked before they were revoked, and nothing after', async () => {
    const token = await login(world.people.alice);
    const started = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const { outcome } = world.small.outcomes;
    Object.assign(world.small.outcomes, {
      outcome: async () => {
        started.resolve();
        await gate.promise;
        return undefined;
      },
    });
    const pending = world.rpc(token, 'privity_getOutcome', [`0x${'00'.repeat(32)}`]);
    await started.promise;
    expect((await order('/api/auth/logout', token)).status).toBe(200);
    expect((await world.rpc(token, 'eth_chainId')).error).toMatchObject({ code: -32090 });
    gate.resolve();
    expect(await pending).toMatchObject({ result: null });
    Object.assign(world.small.outcomes, { outcome });
  });

  it('end an order whose body is still on its way', async () => {
    const token = await login(world.people.alice);
    const other = await login(world.people.alice);
    const { hostname, port } = new URL(world.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const body = '{"walletAddress":"","nonce":0}';
    socket.write(
      `POST /api/sessions/revoke-others HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body.slice(0, 5)}`,
    );
    // The server has the head by the time it has answered what came after it.
    for (let i = 0; i < 3; i += 1) await world.get('/health');
    await world.access.sessions.revoke(world.access.sessions.find(token)!.tokenHash);
    socket.write(body.slice(5));
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect((await world.get('/api/profiles/me', other)).status).toBe(200);
  });

  describe('the wallet URL of an application', () => {
    it('is its own: it neither reads nor replaces the person’s, and dies with the session', async () => {
      const alice = await login(world.people.alice);
      const own = await wallet(alice);
      const application = await applicationOf(alice);
      const its = await wallet(application);
      expect(its).not.toBe(own);
      expect([await viaUrl(own), await viaUrl(its)]).toEqual(['served', 'served']);
      const { body } = await world.post('/api/wallet/invalidate', undefined, application);
      const next = String(body['newWalletToken']);
      expect([await viaUrl(own), await viaUrl(its), await viaUrl(next)]).toEqual(['served', -32090, 'served']);
      expect(world.audit.at(-1)).toMatchObject({ action: 'wallet.token_rotated', resource: 'dapp' });
      expect((await order('/api/auth/logout', application)).status).toBe(200);
      expect([await viaUrl(own), await viaUrl(next)]).toEqual(['served', -32090]);
      expect(JSON.stringify(await world.get('/api/wallet/personal-rpc-token', application))).not.toContain(own);
    });

    it('stands in the person’s list, with its end, and is revoked there alone', async () => {
      const alice = await login(world.people.alice);
      const own = await wallet(alice);
      const application = await applicationOf(alice);
      const its = await wallet(application);
      const { body } = await world.get('/api/wallet/tokens', alice);
      const items = body['items'] as { id: string; application: string | null; expiresAt: string }[];
      expect(JSON.stringify(body)).not.toContain(own.slice(0, 10));
      const session = world.access.sessions.find(application)!;
      const listed = items.filter(({ application }) => application === 'dapp').at(-1)!;
      expect(Date.parse(listed.expiresAt)).toBe(session.renewableUntil);
      expect((await order(`/api/wallet/tokens/${listed.id}/revoke`, alice)).status).toBe(204);
      expect([await viaUrl(own), await viaUrl(its)]).toEqual(['served', -32090]);
      expect((await world.get('/api/profiles/me', application)).status).toBe(200);
    });
  });

  it('the person’s wallet URL says when it ends, and ends then', async () => {
    const alice = await login(world.people.alice);
    const { body } = await world.get('/api/wallet/personal-rpc-token', alice);
    expect(Date.parse(String(body['expiresAt']))).toBeGreaterThan(world.clock.now() + 89 * 86_400_000);
    expect(await viaUrl(String(body['token']))).toBe('served');
    world.clock.advance(90 * 86_400_000);
    expect(await viaUrl(String(body['token']))).toBe(-32090);
    const again = await wallet(await login(world.people.alice));
    expect(again).not.toBe(body['token']);
    expect(await viaUrl(again)).toBe('served');
  });

  it('a logout takes the cookies back with the attributes they were set with, or browsers keep them', async () => {
    const secure = await startRpcWorld({ options: { publicUrl: 'https://bank.example' } });
    try {
      const token = await secure.login(secure.people.alice);
      const answer = await secure.app.inject({
        method: 'POST',
        url: '/api/auth/logout',
        headers: { cookie: `__Host-privity_session=${token}`, origin: 'https://bank.example' },
      });
      expect(answer.statusCode).toBe(200);
      const cookies = [answer.headers['set-cookie']].flat().map((cookie) => String(cookie).split('; '));
      expect(cookies.map(([pair]) => pair)).toEqual(['__Host-privity_session=', '__Secure-privity_provider=']);
      for (const [i, path] of ['Path=/', 'Path=/auth'].entries()) {
        expect(cookies[i]).toEqual(expect.arrayContaining([path, 'HttpOnly', 'Secure', 'SameSite=Lax']));
        expect(cookies[i]!.join()).toMatch(/Expires=Thu, 01 Jan 1970/);
      }
    } finally {
      await secure.close();
    }
  });
});
