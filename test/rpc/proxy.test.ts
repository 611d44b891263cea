import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../demo/free-ports.ts';
import { castOn, runCast } from '../support/cast.ts';
import { type PublicCli, startPublicCli } from '../support/public-cli.ts';
import { ETHER, type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

describe('Foundry behind the proxy of the public command-line tool', () => {
  let world: RpcWorld;
  let proxy: PublicCli;
  let url: string;
  const key = generatePrivateKey();
  const owner = privateKeyToAccount(key);
  const cast = castOn(() => url);
  const proxyWith = async (privateKey: string) => {
    const [port] = await freePorts(1);
    url = `http://127.0.0.1:${port}`;
    return startPublicCli(['proxy', '--api-url', world.url, '--port', String(port)], {
      PRIVIDIUM_PRIVATE_KEY: privateKey,
    });
  };
  beforeAll(async () => {
    world = await startRpcWorld();
    world.small.setIdentity(BigInt(owner.address), { roles: 1n, flags: 0n, expiry: 0n });
    const alice = await world.login(world.people.alice);
    const raw = await world.transfer(world.people.alice, owner.address, 5n * ETHER, 0);
    await world.rpc(alice, 'eth_sendRawTransaction', [raw]);
    proxy = await proxyWith(key);
    await proxy.prints(/Your proxy rpc is ready/);
  });
  afterAll(async () => {
    await proxy?.end();
    await world?.close();
  });

  it('cast reads and pays, as the owner of the key', async () => {
    const { bob } = world.people;
    expect(await cast('chain-id')).toBe('7107');
    expect(await cast('balance', owner.address)).toBe((5n * ETHER).toString());
    const sent = JSON.parse(
      await cast('send', bob.address, '--value', '1ether', '--private-key', key, '--json'),
    ) as Record<string, unknown>;
    expect(sent).toMatchObject({ status: '0x1', from: owner.address.toLowerCase(), to: bob.address.toLowerCase() });
    expect(await cast('nonce', owner.address)).toBe('1');
    expect(proxy.output()).toMatch(/eth_sendRawTransaction/);
  });

  it('cast sees nothing of others, and is told so when it may not pay', async () => {
    const { bob, nobody } = world.people;
    expect(await cast('balance', bob.address)).toBe('0');
    expect(await cast('nonce', bob.address)).toBe('0');
    const args = ['send', nobody.address, '--value', '1', '--private-key', key, '--rpc-url', url];
    expect((await runCast(args)).stderr).toContain('Forbidden');
    const foreign = generatePrivateKey();
    const others = ['send', bob.address, '--value', '1', '--private-key', foreign, '--rpc-url', url];
    expect((await runCast(others)).stderr).toContain('Forbidden');
    const creation = ['send', '--private-key', key, '--rpc-url', url, '--create', '0x60006000'];
    expect((await runCast(creation)).stderr).toContain('Forbidden');
  });

  it('logs in again by itself when the session has reached its end', async () => {
    const short = await startRpcWorld({ sessions: { idleMs: 1500, absoluteMs: 1500 } });
    try {
      short.small.setIdentity(BigInt(owner.address), { roles: 1n, flags: 0n, expiry: 0n });
      const [port] = await freePorts(1);
      const other = startPublicCli(['proxy', '--api-url', short.url, '--port', String(port)], {
        PRIVIDIUM_PRIVATE_KEY: key,
      });
      try {
        await other.prints(/Your proxy rpc is ready/);
        await new Promise((resolve) => setTimeout(resolve, 1700));
        const { stdout } = await runCast(['nonce', owner.address, '--rpc-url', `http://127.0.0.1:${port}`]);
        expect(stdout.trim()).toBe('0');
        expect(other.output()).toMatch(/Re-authentication successful/);
        expect(short.audit.filter(({ action }) => action === 'auth.login')).toHaveLength(2);
      } finally {
        await other.end();
      }
    } finally {
      await short.close();
    }
  });

  it('starts for no key that has no role here', async () => {
    const before = url;
    const refused = await proxyWith(generatePrivateKey());
    url = before;
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toMatch(/403 Forbidden: .*LOGIN_NOT_PERMITTED/);
  });
});
