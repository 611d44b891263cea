import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { ABSENT_HASH, createRpcScene, type RpcScene } from '../support/rpc-scene.ts';
import { startRpcWorld } from '../support/rpc-world.ts';
import { contractAbiResponse } from '../support/sdk-shapes.ts';

describe('REST', () => {
  let scene: RpcScene;
  beforeAll(async () => {
    scene = await createRpcScene();
  });
  afterAll(() => scene.world.close());

  it('200: health and readiness', async () => {
    expect(await scene.world.get('/health')).toEqual({ status: 200, body: { status: 'ok', version: '0.1.0' } });
    expect(await scene.world.get('/readyz')).toEqual({
      status: 200,
      body: { status: 'ready', checks: { store: true } },
    });
  });

  it('503: not ready while something needed does not answer', async () => {
    const world = await startRpcWorld({ readiness: false });
    expect(await world.get('/readyz')).toEqual({
      status: 503,
      body: { status: 'not ready', checks: { store: false } },
    });
    expect((await world.get('/health')).status).toBe(200);
    await world.close();
  });

  it('200: ready while proving is halted, which is shown', async () => {
    const world = await startRpcWorld({ proving: false });
    expect(await world.get('/readyz')).toEqual({
      status: 200,
      body: { status: 'ready', checks: { store: true, proving: false } },
    });
    await world.close();
  });

  it('200: readiness is looked at once a second, however many ask', async () => {
    let looks = 0;
    const world = await startRpcWorld({ onLook: () => void looks++ });
    const frozen = world.clock.now();
    Object.assign(world.clock, { now: () => frozen });
    const answers = await Promise.all(Array.from({ length: 30 }, () => world.get('/readyz')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await world.get('/readyz');
    expect(looks).toBe(1);
    Object.assign(world.clock, { now: () => frozen + 1_000 });
    await world.get('/readyz');
    expect(looks).toBe(2);
    await world.close();
  });

  it('200: discovery', async () => {
    const { body } = await scene.world.get('/.well-known/prividium');
    expect(body).toMatchObject({
      apiUrl: scene.world.url,
      v1: { chainId: 7107, rpcUrl: `${scene.world.url}/rpc`, l1ChainId: 31337 },
    });
  });

  it('200: a batch and its verification for auditors; 404 for everybody else, as for one that does not exist; 401 without a login', async () => {
    const { world, tokens } = scene;
    for (const path of ['/api/audit/batches/1', '/api/audit/batches/1/verify']) {
      expect((await world.get(path, tokens.auditor)).status).toBe(200);
      const denied = await world.get(path, tokens.alice);
      const absent = await world.get(path.replace('1', '2'), tokens.auditor);
      expect(denied.status).toBe(404);
      expect(denied.body['error']).toEqual(absent.body['error']);
      expect((await world.get(path)).status).toBe(401);
    }
    for (const number of ['x', '-1', '1.5', '99999999999999999999', '1e3']) {
      expect((await world.get(`/api/audit/batches/${number}`, tokens.auditor)).status).toBe(400);
    }
  });

  it('200: bundles of what is one’s own; 404 for another’s, as for what does not exist', async () => {
    const { world, tokens, hashes } = scene;
    const transaction = (hash: string) => `/api/disclosure/transactions/${hash}`;
    expect((await world.get(transaction(hashes.aliceToBob), tokens.alice)).status).toBe(200);
    expect((await world.get(transaction(hashes.aliceToBob), tokens.auditor)).status).toBe(200);
    const denied = await world.get(transaction(hashes.aliceToBob), tokens.carol);
    const absent = await world.get(transaction(ABSENT_HASH), tokens.carol);
    expect([denied.status, denied.body['error']]).toEqual([404, absent.body['error']]);
    const balance = (address: string) => `/api/disclosure/balances/${address}`;
    expect((await world.get(balance(world.people.alice.address), tokens.alice)).status).toBe(200);
    expect((await world.get(balance(world.people.bob.address), tokens.alice)).status).toBe(404);
    expect((await world.get(balance('0x12'), tokens.alice)).status).toBe(400);
    expect((await world.get(transaction(hashes.aliceToBob))).status).toBe(401);
  });

  it('200: the ABI of a system contract in the SDK’s shape; 404 for anything else', async () => {
    const { world, tokens } = scene;
    const { body } = await world.get(`/api/contracts/0x${'0'.repeat(36)}800a/abi`, tokens.alice);
    expect(contractAbiResponse.parse(body).functions).toMatchObject([{ selector: '0x51cff8d9', name: 'withdraw' }]);
    expect((await world.get(`/api/contracts/0x${'1'.repeat(40)}/abi`, tokens.alice)).status).toBe(404);
    expect((await world.get(`/api/contracts/0x${'0'.repeat(36)}800a/abi`)).status).toBe(401);
  });

  it('403: a transaction is announced for own wallets only', async () => {
    const { world, tokens } = scene;
    const announce = (walletAddress: string, fields: object = {}) =>
      world.post(
        '/api/wallet/transaction-authorization',
        { walletAddress, toAddress: world.people.bob.address, nonce: 0, value: '1', ...fields },
        tokens.alice,
      );
    expect((await announce(world.people.alice.address)).status).toBe(200);
    expect(await announce(world.people.bob.address)).toMatchObject({
      status: 403,
      body: { error: { code: 'WALLET_NOT_OWN' } },
    });
    for (const fields of [{ nonce: -1 }, { nonce: '0' }, { value: '-1' }, { value: '0x1' }, { calldata: '0x1' }]) {
      expect((await announce(world.people.alice.address, fields)).status).toBe(400);
    }
  });

  it('logins, failed logins, logouts and rotations are in the audit log', async () => {
    const { world } = scene;
    const before = world.audit.length;
    const token = await world.login(world.people.alice);
    await world.post('/api/wallet/invalidate', undefined, token);
    await world.post('/api/auth/logout', undefined, token);
    await expect(world.login(world.people.nobody)).rejects.toThrow('LOGIN_NOT_PERMITTED');
    expect(world.audit.slice(before).map(({ action }) => action)).toEqual([
      'auth.login',
      'wallet.token_rotated',
      'auth.logout',
      'auth.login_failed',
    ]);
  });
});

describe('metrics', () => {
  it('are for the bearer of the token alone, wherever the request comes from, and count without naming anybody', async () => {
    const { world } = await createRpcScene();
    const read = async (headers: Record<string, string> = {}) => {
      const response = await fetch(`${world.url}/metrics`, { headers });
      return { status: response.status, text: await response.text() };
    };
    const authorization = 'Bearer metrics-token';
    const opened = await read({ authorization });
    expect(opened.status).toBe(200);
    expect(opened.text).toMatch(/privity_rpc_requests_total\{method="eth_sendRawTransaction",result="ok"\} 3/);
    expect(opened.text).not.toMatch(/0x[0-9a-f]{16}/i);
    const { body: absent } = await world.get('/no-such-thing');
    for (const headers of [
      {},
      { 'x-forwarded-for': '127.0.0.1' },
      { authorization: 'Bearer metrics-toke' },
      { authorization: 'Bearer metrics-token2' },
      { authorization: 'metrics-token' },
      { authorization: 'Bearer ' },
      { cookie: 'token=metrics-token' },
    ]) {
      const closed = await read(headers as Record<string, string>);
      expect(closed.status).toBe(404);
      expect(JSON.parse(closed.text).error).toEqual(absent['error']);
    }
    await world.rpc(undefined, 'made_up_1');
    await world.rpc(undefined, 'made_up_2');
    expect((await read({ authorization })).text).not.toContain('made_up');
    await world.close();
  });

  it.each([undefined, new Secret('')])('are for nobody without a token: %s', async (metricsToken) => {
    const world = await startRpcWorld({ options: { metricsToken } });
    for (const authorization of [undefined, 'Bearer ', 'Bearer undefined']) {
      const headers = authorization === undefined ? {} : { authorization };
      expect((await fetch(`${world.url}/metrics`, { headers })).status).toBe(404);
    }
    await world.close();
  });
});
