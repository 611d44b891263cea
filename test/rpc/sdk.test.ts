import { createPrividiumClient } from 'prividium';
import { createPrividiumSiweChain, MemoryStorage, TokenManager } from 'prividium/siwe';
import { mainnet } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ETHER, type RpcWorld, startRpcWorld, WORLD_CHAIN_ID } from '../support/rpc-world.ts';
import { runSdkStory } from '../support/sdk-story.ts';

describe('the public SDK works unmodified', () => {
  let world: RpcWorld;
  beforeAll(async () => {
    world = await startRpcWorld();
  });
  afterAll(() => world.close());

  it('logs in, reads its balance, sends a transfer and waits for the receipt', async () => {
    const { alice, bob, carol } = world.people;
    const { hash } = await runSdkStory({
      apiUrl: world.url,
      chainId: Number(WORLD_CHAIN_ID),
      account: alice,
      recipient: bob.address,
      stranger: carol.address,
      amount: 3n * ETHER,
      domain: 'bank.example',
    });
    expect(hash).toMatch(/^0x[0-9a-f]{64}$/);
    expect(world.small.permitBreaches).toBe(0);
  });

  it('logs in again by itself when its session is gone', async () => {
    const { bob } = world.people;
    let logins = 0;
    const prividium = createPrividiumSiweChain({
      account: bob,
      chain: { ...mainnet, id: Number(WORLD_CHAIN_ID) },
      prividiumApiBaseUrl: world.url,
      onReauthenticate: () => {
        logins += 1;
      },
    });
    await prividium.authorize();
    const client = createPrividiumClient({ chain: prividium.chain, transport: prividium.transport, account: bob });
    const revoke = () => world.access.users.endSessions(world.access.users.byWallet(bob.address)!.id);
    await revoke();
    expect(await client.getBalance({ address: bob.address })).toBeGreaterThan(0n);
    expect(logins).toBe(1);
    await revoke();
    expect((await prividium.fetchUser()).wallets).toHaveLength(1);
    expect(logins).toBe(2);
  });

  it('reads the expiry of a token it was handed', async () => {
    const token = await world.login(world.people.carol);
    const manager = new TokenManager(new MemoryStorage(), Number(WORLD_CHAIN_ID), world.url);
    const { expiresAt } = await manager.setToken(token);
    expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
    await expect(manager.setToken('stolen')).rejects.toThrow();
  });

  it('tells a wallet without a role that it has no access', async () => {
    const prividium = createPrividiumSiweChain({
      account: world.people.nobody,
      chain: { ...mainnet, id: Number(WORLD_CHAIN_ID) },
      prividiumApiBaseUrl: world.url,
    });
    await expect(prividium.authorize()).rejects.toThrow(/403 Forbidden: .*LOGIN_NOT_PERMITTED/);
  });
});
