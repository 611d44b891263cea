import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ETHER, type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

const unauthorized = { code: -32090, data: { code: 'LOGIN_REQUIRED' } };

describe('tokens', () => {
  let world: RpcWorld;
  beforeAll(async () => {
    world = await startRpcWorld();
  });
  afterAll(() => world.close());

  it('a revoked session is refused by the next request on every path', async () => {
    const token = await world.login(world.people.alice);
    expect((await world.rpc(token, 'eth_accounts')).result).toHaveLength(1);
    expect((await world.post('/api/auth/logout', undefined, token)).status).toBe(200);
    expect((await world.rpc(token, 'eth_accounts')).error).toMatchObject(unauthorized);
    expect((await world.rpc(token, 'eth_chainId')).error).toMatchObject(unauthorized);
    for (const path of [
      '/api/profiles/me',
      '/api/auth/current-session',
      '/api/wallet/personal-rpc-token',
      '/api/audit/batches/1',
    ]) {
      expect(await world.get(path, token)).toMatchObject({ status: 401, body: { error: { code: 'LOGIN_REQUIRED' } } });
    }
  });

  it('is refused inside a batch whose first items it was good for', async () => {
    const token = await world.login(world.people.alice);
    const { userId } = world.access.sessions.find(token)!;
    const { outcome } = world.small.outcomes;
    Object.assign(world.small.outcomes, { outcome: () => world.access.users.endSessions(userId) });
    const methods = ['eth_accounts', 'privity_getOutcome', 'eth_accounts', 'eth_chainId'];
    const batch = methods.map((method, id) => ({
      jsonrpc: '2.0',
      id,
      method,
      params: method === 'privity_getOutcome' ? [`0x${'00'.repeat(32)}`] : [],
    }));
    const { body } = await world.post('/rpc', batch, token);
    Object.assign(world.small.outcomes, { outcome });
    expect(body).toMatchObject([
      { result: [expect.any(String)] },
      { result: null },
      { error: unauthorized },
      { error: unauthorized },
    ]);
  });

  it('is refused for a whole batch when it is dead before', async () => {
    const token = await world.login(world.people.alice);
    const items = (n: number) =>
      Array.from({ length: n }, (_, id) => ({ jsonrpc: '2.0', id, method: 'eth_accounts', params: [] }));
    await world.access.users.endSessions(world.access.sessions.find(token)!.userId);
    const { body } = await world.post('/rpc', items(2), token);
    expect(body).toMatchObject([{ error: unauthorized }, { error: unauthorized }]);
  });

  it('an expired session is refused, and the SDK’s code tells it to log in again', async () => {
    const token = await world.login(world.people.alice);
    world.clock.advance(1_800_000);
    expect(await world.rpc(token, 'eth_chainId')).toMatchObject({ status: 200, error: unauthorized });
  });

  it('extending a session is what keeps it', async () => {
    const token = await world.login(world.people.alice);
    world.clock.advance(1_700_000);
    const { body } = await world.post('/api/auth/extend-session', undefined, token);
    expect(Date.parse(String(body['expiresAt'])) - world.clock.now()).toBeGreaterThan(1_790_000);
    world.clock.advance(1_700_000);
    expect((await world.rpc(token, 'eth_accounts')).result).toHaveLength(1);
  });

  it.each([
    ['a guess', `Bearer ${randomBytes(32).toString('base64url')}`],
    ['nothing', 'Bearer '],
    ['another scheme', 'Basic YWxpY2U6eA=='],
    ['lower case', `bearer ${randomBytes(32).toString('base64url')}`],
    ['a wallet token', 'wallet'],
    ['too long', `Bearer ${'x'.repeat(5000)}`],
  ])('%s is no session', async (_name, given) => {
    const token = await world.login(world.people.alice);
    const { userId } = world.access.sessions.find(token)!;
    const authorization =
      given === 'wallet' ? `Bearer ${(await world.access.walletTokens.current({ userId })).token}` : given;
    const response = await fetch(`${world.url}/rpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
    });
    expect(await response.json()).toMatchObject({ error: unauthorized });
  });

  it('a session is for its owner’s data alone', async () => {
    const token = await world.login(world.people.alice);
    const own = await world.rpc(token, 'eth_getBalance', [world.people.alice.address]);
    expect(BigInt(own.result as string)).toBeGreaterThan(900n * ETHER);
    expect((await world.rpc(token, 'eth_getBalance', [world.people.bob.address])).result).toBe('0x0');
  });

  it('a frozen owner logs in and reads as before: a refusal would tell', async () => {
    const { bob } = world.people;
    world.small.setIdentity(BigInt(bob.address), { roles: 1n, flags: 1n, expiry: 0n });
    const token = await world.login(bob);
    expect(BigInt((await world.rpc(token, 'eth_getBalance', [bob.address])).result as string)).toBeGreaterThan(
      900n * ETHER,
    );
    world.small.setIdentity(BigInt(bob.address), { roles: 1n, flags: 0n, expiry: 0n });
  });

  it('a disabled user is out at once, by session and by wallet URL', async () => {
    const token = await world.login(world.people.carol);
    const { userId } = world.access.sessions.find(token)!;
    const walletToken = (await world.access.walletTokens.current({ userId })).token;
    const done = world.access.users.disable(userId);
    expect((await world.rpc(token, 'eth_accounts')).error).toMatchObject(unauthorized);
    const { body } = await world.post(`/rpc/wallet/${walletToken}`, { jsonrpc: '2.0', id: 1, method: 'eth_accounts' });
    expect(body).toMatchObject({ error: unauthorized });
    await done;
  });
});

describe('the wallet URL', () => {
  let world: RpcWorld;
  let token: string;
  let url: string;
  const viaUrl = async (method: string, params: unknown[] = [], headers: Record<string, string> = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    return (await response.json()) as { result?: unknown; error?: { code: number } };
  };
  beforeAll(async () => {
    world = await startRpcWorld();
    token = await world.login(world.people.alice);
    const { body } = await world.get('/api/wallet/personal-rpc-token', token);
    url = `${world.url}/rpc/wallet/${String(body['token'])}`;
  });
  afterAll(() => world.close());

  it('serves an unmodified wallet from nonce to receipt, without a call before', async () => {
    const { alice, bob } = world.people;
    expect((await viaUrl('eth_chainId')).result).toBe('0x1bc3');
    expect((await viaUrl('eth_getTransactionCount', [alice.address, 'latest'])).result).toBe('0x0');
    expect((await viaUrl('eth_estimateGas', [{ from: alice.address, to: bob.address, value: '0x1' }])).result).toBe(
      '0x5208',
    );
    const { result: hash } = await viaUrl('eth_sendRawTransaction', [await world.transfer(alice, bob.address, 1n, 0)]);
    expect((await viaUrl('eth_getTransactionReceipt', [hash])).result).toMatchObject({ status: '0x1' });
  });

  it('lends nobody’s other login to it', async () => {
    const auditor = await world.sessionOf('auditor');
    const answer = await viaUrl('eth_getBalance', [world.people.bob.address], {
      authorization: `Bearer ${auditor}`,
      cookie: `privity_session=${auditor}`,
    });
    expect(answer.result).toBe('0x0');
    const stale = await viaUrl('eth_chainId', [], { authorization: 'Bearer nonsense' });
    expect(stale.result).toBe('0x1bc3');
  });

  it('holds whoever announces a transaction to the narrower rule until it is sent, or a minute', async () => {
    const { alice, bob } = world.people;
    const count = async (block?: string) =>
      (await viaUrl('eth_getTransactionCount', [alice.address, ...(block === undefined ? [] : [block])])).error?.code;
    const announce = (nonce: number) =>
      world.post('/api/wallet/transaction-authorization', { walletAddress: alice.address, nonce }, token);
    expect(await count('latest')).toBeUndefined();
    expect((await announce(1)).status).toBe(200);
    expect([await count('latest'), await count()]).toEqual([-32001, -32001]);
    expect([await count('pending'), await count('0x1')]).toEqual([undefined, undefined]);
    // Not for the session, nor for somebody else's wallet.
    expect((await world.rpc(token, 'eth_getTransactionCount', [alice.address, 'latest'])).result).toBe('0x1');
    expect((await viaUrl('eth_getTransactionCount', [bob.address, 'latest'])).result).toBe('0x0');
    await viaUrl('eth_sendRawTransaction', [await world.transfer(alice, bob.address, 1n, 1)]);
    expect(await count('latest')).toBeUndefined();
    expect((await announce(2)).status).toBe(200);
    expect(await count('latest')).toBe(-32001);
    world.clock.advance(61_000);
    expect(await count('latest')).toBeUndefined();
    // Announced or not: the signature and the policy decide.
    const unannounced = await viaUrl('eth_sendRawTransaction', [await world.transfer(alice, bob.address, 5n, 2)]);
    expect(unannounced.result).toMatch(/^0x/);
  });

  it('lets nobody announce for a wallet that is not theirs, or something that is no transaction', async () => {
    const { alice, bob } = world.people;
    const announce = async (body: object, as: string | undefined = token) =>
      (await world.post('/api/wallet/transaction-authorization', body, as)).status;
    const before = world.audit.length;
    expect(await announce({ walletAddress: bob.address, nonce: 0 })).toBe(403);
    expect(await announce({ walletAddress: alice.address, nonce: 0 }, 'A'.repeat(43))).toBe(401);
    for (const wrong of [
      { nonce: -1 },
      { nonce: 1.5 },
      { nonce: '0' },
      { nonce: 0, value: '-1' },
      { nonce: 0, value: '1'.repeat(79) },
      { nonce: 0, calldata: '0x1' },
      { nonce: 0, toAddress: '0x12' },
    ]) {
      expect(await announce({ walletAddress: alice.address, ...wrong })).toBe(400);
    }
    expect(await announce({})).toBe(400);
    expect(world.audit.length).toBe(before);
  });

  it.each([
    'eth_getLogs',
    'eth_getBlockReceipts',
    'eth_getBlockTransactionCountByNumber',
    'eth_getBlockTransactionCountByHash',
    'eth_newFilter',
    'eth_subscribe',
    'eth_getStorageAt',
    'eth_getProof',
    'debug_traceTransaction',
    'personal_sign',
    'eth_sendTransaction',
  ])('serves no %s, whatever its owner’s session gets', async (method) => {
    expect((await viaUrl(method, ['0x0'])).error?.code).toBe(-32001);
  });

  it('serves a session what it does not serve itself', async () => {
    const logs = await world.rpc(token, 'eth_getLogs', [{ fromBlock: '0x0', toBlock: '0x0' }]);
    expect(logs.result).toEqual([]);
    expect((await viaUrl('eth_getLogs', [{ fromBlock: '0x0', toBlock: '0x0' }])).result).toBeUndefined();
    expect(world.audit).toContainEqual(
      expect.objectContaining({ action: 'rpc.denied', detail: { method: 'eth_getLogs', rule: 'not of a wallet URL' } }),
    );
  });

  it('opens no REST endpoint', async () => {
    expect((await world.get('/api/profiles/me', url.split('/').at(-1))).status).toBe(401);
  });

  it('is dead once rotated, and no other string is alive', async () => {
    const { body } = await world.post('/api/wallet/invalidate', undefined, token);
    expect((await viaUrl('eth_chainId')).error?.code).toBe(-32090);
    url = `${world.url}/rpc/wallet/${String(body['newWalletToken'])}`;
    expect((await viaUrl('eth_chainId')).result).toBe('0x1bc3');
    for (const guess of [token, randomBytes(32).toString('base64url'), 'x', 'x'.repeat(43)]) {
      url = `${world.url}/rpc/wallet/${guess}`;
      expect((await viaUrl('eth_chainId')).error?.code).toBe(-32090);
    }
  });

  it('a service endpoint does not exist yet, and says so', async () => {
    const { status, body } = await world.post('/rpc/service', { jsonrpc: '2.0', id: 1, method: 'eth_chainId' });
    expect([status, body['error']]).toMatchObject([501, { data: { code: 'NOT_AVAILABLE' } }]);
  });
});
