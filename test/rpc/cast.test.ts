import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { castOn, runCast } from '../support/cast.ts';
import { ETHER, type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

/** An ordinary command-line wallet with nothing but the personal RPC URL. */
describe('cast, unmodified, on a wallet URL', () => {
  let world: RpcWorld;
  let url: string;
  const key = generatePrivateKey();
  const owner = privateKeyToAccount(key);
  const cast = castOn(() => url);
  beforeAll(async () => {
    world = await startRpcWorld();
    world.small.setIdentity(BigInt(owner.address), { roles: 1n, flags: 0n, expiry: 0n });
    const alice = await world.login(world.people.alice);
    await world.rpc(alice, 'eth_sendRawTransaction', [
      await world.transfer(world.people.alice, owner.address, 5n * ETHER, 0),
    ]);
    const { body } = await world.get('/api/wallet/personal-rpc-token', await world.login(owner));
    url = `${world.url}/rpc/wallet/${String(body['token'])}`;
  });
  afterAll(() => world.close());

  it('reads and pays', async () => {
    expect(await cast('chain-id')).toBe('7107');
    expect(await cast('balance', owner.address)).toBe((5n * ETHER).toString());
    const { bob } = world.people;
    const sent = JSON.parse(
      await cast('send', bob.address, '--value', '1ether', '--private-key', key, '--json'),
    ) as Record<string, unknown>;
    expect(sent).toMatchObject({ status: '0x1', from: owner.address.toLowerCase(), to: bob.address.toLowerCase() });
    expect(await cast('nonce', owner.address)).toBe('1');
    const transaction = JSON.parse(await cast('tx', String(sent['transactionHash']), '--json')) as Record<
      string,
      unknown
    >;
    expect(transaction).toMatchObject({ value: '0xde0b6b3a7640000' });
    const block = JSON.parse(await cast('block', 'latest', '--json')) as Record<string, unknown>;
    expect(block['transactions']).toEqual([sent['transactionHash']]);
    // Not what wallets ask: for a session.
    const logs = await runCast(['logs', '--from-block', '0', '--rpc-url', url]);
    expect([logs.stdout, logs.stderr]).toEqual(['', expect.stringContaining('Forbidden')]);
  });

  it('sees nothing of others, and is told so when it may not pay', async () => {
    const { bob, nobody } = world.people;
    expect(await cast('balance', bob.address)).toBe('0');
    expect(await cast('nonce', bob.address)).toBe('0');
    // The npm launcher of cast loses the exit status, so its words are what can be tested.
    const refused = runCast(['send', nobody.address, '--value', '1', '--private-key', key, '--rpc-url', url]);
    expect((await refused).stderr).toContain('Forbidden');
  });
});
