import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ETHER, type RpcWorld, startRpcWorld } from '../../support/rpc-world.ts';

interface Part {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly data: { readonly code: string } };
}

/** Answers of one batch are bounded together: a small request must not make the node hold a large answer. */
describe('the answers of a batch', () => {
  const boundBytes = 65_536;
  const errorBytes = 256;
  let world: RpcWorld;
  let token: string;
  beforeAll(async () => {
    world = await startRpcWorld();
    token = await world.login(world.people.alice);
    const { alice, bob } = world.people;
    world.small.hold = true;
    for (let nonce = 0; nonce < 40; nonce++) {
      const raw = await world.transfer(alice, bob.address, 1n, nonce);
      expect((await world.rpc(token, 'eth_sendRawTransaction', [raw])).result).toBeDefined();
    }
    world.small.mine();
    world.small.hold = false;
  });
  afterAll(() => world.close());

  const ask = async (calls: { method: string; params?: unknown[] }[]) => {
    const response = await fetch(`${world.url}/rpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))),
    });
    const text = await response.text();
    return { text, parts: JSON.parse(text) as Part[] };
  };
  const block = { method: 'eth_getBlockByNumber', params: ['0x1', true] };
  const codes = (parts: readonly Part[]) => parts.map(({ error }) => error?.data.code ?? 'ok');

  it('are whole as long as they fit', async () => {
    const { parts } = await ask([block, { method: 'eth_chainId' }]);
    expect(codes(parts)).toEqual(['ok', 'ok']);
  });

  it('are coded errors past the bound, each under its id, and never more bytes than bound and errors', async () => {
    const { text, parts } = await ask(Array.from({ length: 20 }, () => block));
    expect(parts.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, id) => id));
    const found = codes(parts);
    const fitting = found.filter((code) => code === 'ok').length;
    expect(fitting).toBeGreaterThan(0);
    expect(fitting).toBeLessThan(20);
    expect(new Set(found)).toEqual(new Set(['ok', 'RPC_BATCH_ANSWER']));
    expect(parts.at(-1)!.error).toMatchObject({ code: -32005 });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(boundBytes + 20 * errorBytes);
  });

  it('one that is too large leaves room to smaller ones after it', async () => {
    const large = (await ask([block])).text.length;
    const before = Math.floor(boundBytes / large);
    const calls = [...Array.from({ length: before + 1 }, () => block), { method: 'eth_chainId' }];
    const found = codes((await ask(calls)).parts);
    expect(found.slice(-2)).toEqual(['RPC_BATCH_ANSWER', 'ok']);
  });

  it('what has an effect is answered when it was run, and not run when it is not answered', async () => {
    const small = await startRpcWorld({
      options: {
        limits: {
          bodyBytesMax: 300_000,
          jsonDepthMax: 16,
          batchItemsMax: 20,
          // Room for one hash, and part of another.
          batchAnswerBytesMax: 150,
          requestTimeoutMs: 10_000,
          handlerTimeoutMs: 10_000,
          keepAliveTimeoutMs: 5000,
        },
      },
    });
    const { alice, bob } = small.people;
    const login = await small.login(alice);
    const calls = await Promise.all(
      [0, 1, 2, 3].map(async (nonce) => ({
        jsonrpc: '2.0',
        id: nonce,
        method: 'eth_sendRawTransaction',
        params: [await small.transfer(alice, bob.address, ETHER, nonce)],
      })),
    );
    const { body } = await small.post('/rpc', calls, login);
    const parts = body as unknown as Part[];
    expect(codes(parts)).toEqual(['ok', 'ok', 'RPC_BATCH_ANSWER', 'RPC_BATCH_ANSWER']);
    expect((await small.rpc(login, 'eth_getTransactionCount', [alice.address])).result).toBe('0x2');
    await small.close();
  });
});
