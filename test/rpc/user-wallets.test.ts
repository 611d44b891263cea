import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

describe('wallets of a person', () => {
  let world: RpcWorld;
  beforeAll(async () => {
    world = await startRpcWorld();
  });
  afterAll(() => world?.close());

  const challenge = async (token: string | undefined, address: string) =>
    world.post('/api/user-wallets/messages', { address }, token);
  const link = async (token: string, account = privateKeyToAccount(generatePrivateKey())) => {
    const { body } = await challenge(token, account.address);
    const message = String(body['msg']);
    const signature = await account.signMessage({ message });
    const answer = await world.post('/api/user-wallets', { message, signature, nonceToken: body['nonceToken'] }, token);
    return { ...answer, account };
  };
  const unlink = async (token: string | undefined, address: string) => {
    const answer = await fetch(`${world.url}/api/user-wallets/${address}`, {
      method: 'DELETE',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const text = await answer.text();
    return { status: answer.status, code: text === '' ? '' : JSON.parse(text).error.code };
  };
  const listed = async (token: string) => (await world.get('/api/user-wallets', token)).body['wallets'];

  it('are linked, listed and unlinked over HTTP', async () => {
    let token = await world.sessionOf('customer');
    const balance = async (address: string) => (await world.rpc(token, 'eth_getBalance', [address, 'latest'])).result;
    expect(await balance(world.people.bob.address)).toBe('0x0');
    const linked = await link(token, world.people.bob);
    const { address } = linked.account;
    expect([linked.status, linked.body]).toEqual([201, { walletAddress: address }]);
    expect(await listed(token)).toEqual([{ walletAddress: address }]);
    expect((await world.get('/api/profiles/me', token)).body['wallets']).toEqual([{ walletAddress: address }]);
    expect(await balance(address)).not.toBe('0x0');
    expect(await unlink(token, address)).toEqual({ status: 204, code: '' });
    expect((await world.get('/api/user-wallets', token)).status).toBe(401);
    token = await world.sessionOf('customer');
    expect(await listed(token)).toEqual([]);
    expect(await balance(address)).toBe('0x0');
    const acts = world.audit.filter(({ resource }) => resource === address.toLowerCase());
    expect(acts.map(({ action }) => action)).toEqual(['wallet.linked', 'wallet.unlinked']);
  });

  it('that are linked log in as the person, without staff rights, and read what is theirs on chain', async () => {
    const staff = await world.sessionOf('auditor');
    expect((await link(staff, world.people.carol)).status).toBe(201);
    const token = await world.login(world.people.carol);
    const profile = (await world.get('/api/profiles/me', token)).body;
    expect([profile['displayName'], profile['roles']]).toEqual(['Auditor', []]);
    expect((await world.rpc(staff, 'eth_getBalance', [world.people.carol.address, 'latest'])).result).not.toBe('0x0');
    expect((await world.get('/api/audit/batches/1', staff)).status).toBe(200);
    expect((await world.get('/api/audit/batches/1', token)).status).toBe(404);
  });

  it('are nobody’s business without a login, and not an application’s or a wallet login’s', async () => {
    expect((await challenge(undefined, world.people.alice.address)).status).toBe(401);
    expect((await world.get('/api/user-wallets')).status).toBe(401);
    expect((await unlink(undefined, world.people.alice.address)).status).toBe(401);
    const alice = await world.login(world.people.alice);
    expect((await challenge(alice, world.people.bob.address)).body['error']).toMatchObject({
      code: 'WALLET_LINK_NOT_PERMITTED',
    });
    expect(await unlink(alice, world.people.alice.address)).toEqual({ status: 403, code: 'WALLET_LINK_NOT_PERMITTED' });
    const user = world.access.users.byWallet(world.people.alice.address.toLowerCase() as `0x${string}`)!;
    const application = (await world.access.sessions.open(user, 'application')).token;
    expect((await challenge(application, world.people.bob.address)).status).toBe(403);
  });

  it('of one person are not linked to another, nor unlinked by them', async () => {
    const [ann, ben] = [await world.sessionOf('operator'), await world.sessionOf('compliance')];
    const { account } = await link(ann);
    const refused = await link(ben, account);
    expect([refused.status, refused.body['error']]).toEqual([
      409,
      { code: 'WALLET_TAKEN', message: 'The wallet cannot be linked.' },
    ]);
    expect(await unlink(ben, account.address)).toEqual({ status: 404, code: 'WALLET_NOT_LINKED' });
    expect(await listed(ann)).toHaveLength(1);
    for (const address of ['0x12', 'x', `${account.address}00`, '%00'])
      expect((await unlink(ann, address)).status).toBe(400);
  });

  it.each([
    [{}],
    [{ message: 'x', signature: '0x' }],
    [{ message: 'x'.repeat(5000), signature: '0x', nonceToken: '' }],
    [{ message: 1, signature: '0x', nonceToken: '' }],
    [{ message: 'hello', signature: '0x', nonceToken: 'AAAA' }],
  ])('are not linked by %j', async (body) => {
    const token = await world.sessionOf('registrar');
    expect((await world.post('/api/user-wallets', body, token)).status).toBe(400);
    expect(await listed(token)).toEqual([]);
  });

  it('are not changed by a page of another site with the person’s cookie', async () => {
    const token = await world.sessionOf('customer');
    const { account } = await link(token);
    for (const origin of ['https://evil.example', undefined]) {
      const answer = await fetch(`${world.url}/api/user-wallets/${account.address}`, {
        method: 'DELETE',
        headers: { cookie: `privity_session=${token}`, ...(origin === undefined ? {} : { origin }) },
      });
      expect(answer.status).toBe(403);
    }
    expect(await listed(token)).toHaveLength(1);
  });
});
