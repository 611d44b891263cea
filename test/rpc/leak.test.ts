import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { logSerializers } from '../../src/rpc/log-serializers.ts';
import { createRpcScene } from '../support/rpc-scene.ts';

/** Every form in which a secret might stand in a line of log. */
const formsOf = (secret: string): string[] => {
  const bare = secret.replace(/^0x/, '');
  return [bare, bare.toLowerCase(), Buffer.from(secret).toString('base64').slice(0, -4), encodeURIComponent(bare)];
};

function leaks(lines: readonly string[], secrets: Readonly<Record<string, string>>): string[] {
  const text = lines.join('\n').toLowerCase();
  return Object.entries(secrets).flatMap(([name, secret]) =>
    formsOf(secret).some((form) => text.includes(form.toLowerCase())) ? [name] : [],
  );
}

describe('the log, at its most talkative', () => {
  it('holds no token, address, hash, calldata or cookie of a busy run', async () => {
    const { world, tokens, hashes } = await createRpcScene();
    const { alice, bob } = world.people;
    const { body } = await world.get('/api/wallet/personal-rpc-token', tokens.alice);
    const walletToken = String(body['token']);
    const raw = await world.transfer(alice, bob.address, 123_456_789_123_456_789n, 2);
    const viaWallet = (payload: unknown) => world.post(`/rpc/wallet/${walletToken}`, payload);
    await viaWallet({ jsonrpc: '2.0', id: 1, method: 'eth_sendRawTransaction', params: [raw] });
    await viaWallet('not JSON-RPC');
    await fetch(`${world.url}/rpc/wallet/${walletToken}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    await fetch(`${world.url}/rpc/wallet/${walletToken}?x=1`);
    await fetch(`${world.url}/api/nothing/${tokens.bob}`, { headers: { cookie: `privity_session=${tokens.carol}` } });
    await world.rpc(tokens.alice, 'eth_getBalance', [alice.address, walletToken]);
    await world.rpc(tokens.alice, 'eth_sendRawTransaction', [`${raw}00`]);
    await world.get(`/api/disclosure/transactions/${hashes.aliceToBob}`, tokens.carol);
    const { heads } = world.small.chain;
    Object.assign(world.small.chain, {
      heads: () => {
        throw new Error(`no block for ${alice.address} ${tokens.alice}`, { cause: new Error(walletToken) });
      },
    });
    await world.rpc(tokens.alice, 'eth_blockNumber');
    Object.assign(world.small.chain, { heads });

    const secrets = {
      ...tokens,
      walletToken,
      raw: raw.slice(0, 60),
      aliceAddress: alice.address,
      bobAddress: bob.address,
      ...hashes,
      amount: '123456789123456789',
      amountHex: 123_456_789_123_456_789n.toString(16),
    };
    expect(world.logLines.length).toBeGreaterThan(5);
    expect(leaks(world.logLines, secrets)).toEqual([]);

    // The positive control: the same search finds each secret that is planted in the same stream.
    for (const [name, secret] of Object.entries(secrets)) {
      expect(leaks([...world.logLines, JSON.stringify({ msg: `x ${secret} y` })], secrets)).toContain(name);
    }
    await world.close();
  });

  it('the serializers are what keeps it so: without them the URL stands there', () => {
    const lines: string[] = [];
    const write = { write: (line: string) => void lines.push(line) };
    const request = {
      id: 'r',
      method: 'GET',
      url: '/rpc/wallet/secret',
      headers: {},
      routeOptions: { url: '/rpc/wallet/:token' },
    };
    pino({}, write).info({ req: request }, 'x');
    expect(lines.pop()).toContain('secret');
    pino({ serializers: logSerializers }, write).info({ req: request, err: new Error('secret') }, 'x');
    expect(lines.pop()).not.toContain('secret');
  });
});
