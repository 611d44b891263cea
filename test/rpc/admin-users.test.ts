import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

const forbidden = { status: 403, body: { error: { code: 'PERMISSION_MISSING' } } };

describe('administration of people', () => {
  let world: RpcWorld;
  let operator: string;
  let alice: string;
  let aliceId: string;
  beforeAll(async () => {
    world = await startRpcWorld();
    operator = await world.sessionOf('operator');
    alice = await world.login(world.people.alice);
    aliceId = world.access.sessions.find(alice)!.userId;
  });
  afterAll(() => world.close());

  const post = async (path: string, body: unknown, token?: string) => {
    const response = await fetch(`${world.url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  };
  const because = { reason: 'left the bank' };
  const orders = (userId: string, sessionId: string) => [
    `/api/users/${userId}/disable`,
    `/api/users/${userId}/enable`,
    `/api/admin/sessions/revoke-all?userId=${userId}`,
    `/api/admin/sessions/${sessionId}/revoke`,
    `/api/users/${userId}/wallets/${world.people.alice.address}/unlink`,
  ];
  const everyWay = async (session: string, walletToken: string) => [
    (await world.get('/api/profiles/me', session)).status,
    (await world.rpc(session, 'eth_chainId')).error?.code ?? 'served',
    (
      (await post(`/rpc/wallet/${walletToken}`, { jsonrpc: '2.0', id: 1, method: 'eth_chainId' })).body['error'] as
        | { code: number }
        | undefined
    )?.code ?? 'served',
  ];

  it.each(['customer', 'registrar', 'nobody', 'alice'])('is closed to a %s, whatever there is', async (who) => {
    const token =
      who === 'nobody'
        ? undefined
        : who === 'alice'
          ? await world.login(world.people.alice)
          : await world.sessionOf(who);
    const refusal = token === undefined ? { status: 401 } : forbidden;
    const { id } = world.access.sessions.find(operator)!;
    for (const path of orders(aliceId, id)) expect(await post(path, because, token)).toMatchObject(refusal);
    for (const path of [
      '/api/users',
      `/api/users/${aliceId}`,
      `/api/users/${'0'.repeat(32)}`,
      `/api/admin/sessions?userId=${aliceId}`,
    ]) {
      expect(await world.get(path, token)).toMatchObject(refusal);
    }
    expect(world.access.sessions.find(operator)).toBeDefined();
    expect(world.access.users.byId(aliceId)).toMatchObject({ disabled: false, wallets: [expect.any(String)] });
  });

  it.each(['auditor', 'compliance'])('is open to an %s for looking, not for acting', async (who) => {
    const token = await world.sessionOf(who);
    const { id } = world.access.sessions.find(alice)!;
    expect((await world.get(`/api/admin/sessions?userId=${aliceId}`, token)).status).toBe(200);
    expect(world.audit.at(-1)).toMatchObject({ action: 'read.sessions', resource: aliceId });
    for (const path of orders(aliceId, id)) expect(await post(path, because, token)).toMatchObject(forbidden);
  });

  it('is closed to an operator’s application, wallet URL and login by wallet', async () => {
    const { userId } = world.access.sessions.find(operator)!;
    const user = await world.access.users.changeWallets(userId, () => [world.people.nobody.address]);
    for (const method of ['application', 'siwe'] as const) {
      const { token } = await world.access.sessions.open(user, method, method === 'application' ? 'dapp' : undefined);
      expect((await world.get('/api/users', token)).status).toBe(403);
      for (const path of orders(aliceId, 'none')) expect((await post(path, because, token)).status).toBe(403);
    }
    const { token } = await world.access.walletTokens.current({ userId });
    expect((await world.get('/api/users', token)).status).toBe(401);
    expect(world.access.users.byId(aliceId)?.disabled).toBe(false);
  });

  it('wants a reason, and ids that are ids', async () => {
    for (const body of [
      {},
      { reason: '' },
      { reason: '  a ' },
      { reason: 7 },
      { reason: 'x'.repeat(501) },
      undefined,
    ]) {
      expect((await post(`/api/users/${aliceId}/disable`, body, operator)).status).toBe(400);
    }
    expect((await post(`/api/users/${'x'.repeat(65)}/disable`, because, operator)).status).toBe(400);
    expect((await post(`/api/users/${'0'.repeat(32)}/disable`, because, operator)).status).toBe(404);
    expect((await post('/api/admin/sessions/revoke-all', because, operator)).status).toBe(400);
    for (const limit of ['0', '1001', '1.5', 'x'])
      expect((await world.get(`/api/users?limit=${limit}`, operator)).status).toBe(400);
    expect((await world.get('/api/users?after=x', operator)).status).toBe(400);
    expect(world.access.users.byId(aliceId)?.disabled).toBe(false);
  });

  it('unlinks a wallet at once, on every way, and nobody logs in by it as the person any more', async () => {
    const thief = privateKeyToAccount(generatePrivateKey());
    const ann = await world.access.users.save({
      ...{ issuer: 'https://idp.example', subject: 'ann', source: 'oidc' as const, displayName: 'Ann' },
      ...{ roles: ['customer'], wallets: [thief.address] },
    });
    const token = await world.login(thief);
    const { token: url } = await world.access.walletTokens.current({ userId: ann.id });
    expect(await everyWay(token, url)).toEqual([200, 'served', 'served']);
    const path = `/api/users/${ann.id}/wallets/${thief.address}/unlink`;
    for (const body of [{}, { reason: ' a ' }]) expect((await post(path, body, operator)).status).toBe(400);
    for (const address of ['0x', thief.address.slice(2), `${thief.address}0`, 'x'])
      expect((await post(`/api/users/${ann.id}/wallets/${address}/unlink`, because, operator)).status).toBe(400);
    const others = [path.replace(ann.id, aliceId), path.replace(thief.address, world.people.bob.address)];
    for (const other of others)
      expect(await post(other, because, operator)).toMatchObject({ body: { error: { code: 'WALLET_NOT_LINKED' } } });
    expect(await everyWay(token, url)).toEqual([200, 'served', 'served']);
    expect((await post(path, because, operator)).status).toBe(204);
    expect(await everyWay(token, url)).toEqual([401, -32090, -32090]);
    await expect(world.login(thief)).rejects.toThrow('LOGIN_NOT_PERMITTED');
    expect((await world.get(`/api/users/${ann.id}`, operator)).body).toMatchObject({ wallets: [], sessions: 0 });
    expect(world.audit.filter(({ action }) => action === 'user.wallet_unlinked')).toMatchObject([
      { resource: ann.id, detail: { ...because, wallet: thief.address.toLowerCase() } },
    ]);
    expect((await post(path, because, operator)).status).toBe(404);
  });

  it('lists people page by page, and their sessions without what opens them', async () => {
    const seen: string[] = [];
    let after = '';
    do {
      const { body } = await world.get(`/api/users?limit=2${after}`, operator);
      const items = body['items'] as { id: string }[];
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map(({ id }) => id));
      after = body['next'] === null ? '' : `&after=${String(body['next'])}`;
    } while (after !== '');
    expect(seen).toEqual([...world.access.users.all()].map(({ id }) => id).sort());
    const { body } = await world.get(`/api/admin/sessions?userId=${aliceId}`, operator);
    expect(JSON.stringify(body)).not.toContain(alice.slice(0, 10));
    expect(body['items']).toContainEqual(expect.objectContaining({ userId: aliceId, method: 'siwe' }));
    expect((await world.get(`/api/users/${aliceId}`, operator)).body).toMatchObject({ id: aliceId, disabled: false });
  });

  it('ends all sessions of a person at once, on every way, and the person may log in again', async () => {
    const token = await world.login(world.people.bob);
    const { userId } = world.access.sessions.find(token)!;
    const { token: url } = await world.access.walletTokens.current({ userId });
    expect(await everyWay(token, url)).toEqual([200, 'served', 'served']);
    expect((await post(`/api/admin/sessions/revoke-all?userId=${userId}`, because, operator)).status).toBe(204);
    expect(await everyWay(token, url)).toEqual([401, -32090, -32090]);
    expect(world.audit.at(-1)).toMatchObject({ action: 'user.sessions_ended', resource: userId, detail: because });
    expect((await world.get('/api/profiles/me', await world.login(world.people.bob))).status).toBe(200);
  });

  it('ends one session of a person', async () => {
    const [lost, kept] = [await world.login(world.people.bob), await world.login(world.people.bob)];
    const { id } = world.access.sessions.find(lost)!;
    expect((await post(`/api/admin/sessions/${id}/revoke`, because, operator)).status).toBe(204);
    expect((await world.get('/api/profiles/me', lost)).status).toBe(401);
    expect((await world.get('/api/profiles/me', kept)).status).toBe(200);
    expect((await post(`/api/admin/sessions/${id}/revoke`, because, operator)).status).toBe(404);
  });

  it('disables a person everywhere at once, refuses their login with a code, and enables them without reviving anything', async () => {
    const { carol } = world.people;
    const token = await world.login(carol);
    const { userId } = world.access.sessions.find(token)!;
    const { token: url } = await world.access.walletTokens.current({ userId });
    const application = await world.access.sessions.open(world.access.users.byId(userId)!, 'application', 'dapp');
    const { token: appUrl } = await world.access.walletTokens.current({ userId, sessionId: application.session.id });
    expect((await post(`/api/users/${userId}/disable`, because, operator)).status).toBe(204);
    const out = [401, -32090, -32090];
    expect([await everyWay(token, url), await everyWay(application.token, appUrl)]).toEqual([out, out]);
    await expect(world.login(carol)).rejects.toThrow('LOGIN_NOT_PERMITTED');
    expect(world.audit.filter(({ resource }) => resource === userId)).toMatchObject([
      { action: 'user.disabled', detail: because },
    ]);
    expect((await post(`/api/users/${userId}/enable`, { reason: 'came back' }, operator)).status).toBe(204);
    expect([await everyWay(token, url), await everyWay(application.token, appUrl)]).toEqual([out, out]);
    expect((await world.get('/api/profiles/me', await world.login(carol))).status).toBe(200);
  });

  it('ends a batch of requests where it stands', async () => {
    const token = await world.login(world.people.bob);
    const { userId } = world.access.sessions.find(token)!;
    const { outcome } = world.small.outcomes;
    Object.assign(world.small.outcomes, {
      outcome: async () => {
        await post(`/api/users/${userId}/disable`, because, operator);
        return undefined;
      },
    });
    const batch = ['eth_accounts', 'privity_getOutcome', 'eth_accounts'].map((method, id) => ({
      jsonrpc: '2.0',
      id,
      method,
      params: method === 'privity_getOutcome' ? [`0x${'00'.repeat(32)}`] : [],
    }));
    const { body } = await post('/rpc', batch, token);
    Object.assign(world.small.outcomes, { outcome });
    expect(body).toMatchObject([{ result: [expect.any(String)] }, { result: null }, { error: { code: -32090 } }]);
    await post(`/api/users/${userId}/enable`, because, operator);
  });

  it('is not for oneself, and never ends the last administrator', async () => {
    const { userId: own } = world.access.sessions.find(operator)!;
    expect(await post(`/api/users/${own}/disable`, because, operator)).toMatchObject({
      status: 409,
      body: { error: { code: 'USER_IS_SELF' } },
    });
    const last = await world.access.administration
      .disable({ actor: aliceId, userId: own, reason: 'r' })
      .catch((error: { code: string }) => error.code);
    expect(last).toBe('USER_LAST_ADMINISTRATOR');
    expect(world.access.sessions.find(operator)).toBeDefined();
  });

  it('loses its rights with the role, at the next request of the same session', async () => {
    const second = await world.access.users.save({
      ...world.access.users.byId(world.access.sessions.find(operator)!.userId)!,
      subject: 'second-operator',
      displayName: 'Second',
      roles: ['customer', 'operator'],
      wallets: [],
    });
    const { token } = await world.access.sessions.open(second, 'oidc');
    expect((await world.get('/api/users', token)).status).toBe(200);
    await world.access.users.save({ ...second, roles: ['customer'] });
    expect(await world.get('/api/users', token)).toMatchObject(forbidden);
    expect((await world.get('/api/profiles/me', token)).status).toBe(200);
    await world.access.users.refuse(second.id);
    expect((await world.get('/api/profiles/me', token)).status).toBe(401);
  });
});
