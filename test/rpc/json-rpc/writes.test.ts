import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ETHER, type RpcWorld, startRpcWorld } from '../../support/rpc-world.ts';

describe('sending and simulating', () => {
  let world: RpcWorld;
  let token: string;
  beforeAll(async () => {
    world = await startRpcWorld();
    token = await world.login(world.people.alice);
  });
  afterAll(() => world.close());
  const codeOf = async (method: string, ...params: unknown[]) => {
    const { error } = await world.rpc(token, method, params);
    return error && [error.code, error.data?.code];
  };

  it('a transfer to an address without a role is denied, and the text is one for every cause', async () => {
    const { alice, bob, nobody } = world.people;
    const toNobody = await world.rpc(token, 'eth_sendRawTransaction', [
      await world.transfer(alice, nobody.address, 1n, 0),
    ]);
    world.small.setIdentity(BigInt(bob.address), { roles: 1n, flags: 1n, expiry: 0n });
    const toFrozen = await world.rpc(token, 'eth_sendRawTransaction', [
      await world.transfer(alice, bob.address, 1n, 0),
    ]);
    world.small.setIdentity(BigInt(bob.address), { roles: 1n, flags: 0n, expiry: 0n });
    world.small.setIdentity(BigInt(alice.address), { roles: 1n, flags: 1n, expiry: 0n });
    const byFrozen = await world.rpc(token, 'eth_sendRawTransaction', [
      await world.transfer(alice, bob.address, 1n, 0),
    ]);
    world.small.setIdentity(BigInt(alice.address), { roles: 1n, flags: 0n, expiry: 0n });
    expect(toNobody.error).toMatchObject({ code: -32001, data: { code: 'SUBMIT_DENIED' } });
    expect(toFrozen).toEqual(toNobody);
    expect(byFrozen).toEqual(toNobody);
    expect(JSON.stringify(toNobody)).not.toMatch(/frozen|sanction|role|rule/i);
  });

  it('another’s signature is denied', async () => {
    const { bob, alice } = world.people;
    expect(await codeOf('eth_sendRawTransaction', await world.transfer(bob, alice.address, 1n, 0))).toEqual([
      -32001,
      'SUBMIT_DENIED',
    ]);
  });

  it('staff without a wallet cannot send', async () => {
    const raw = await world.transfer(world.people.alice, world.people.bob.address, 1n, 0);
    const { error } = await world.rpc(await world.sessionOf('operator'), 'eth_sendRawTransaction', [raw]);
    expect(error?.code).toBe(-32001);
  });

  it.each([
    ['nothing', []],
    ['two', ['0x02', '0x02']],
    ['a number', [2]],
    ['an object', [{}]],
    ['odd hex', ['0x123']],
    ['no prefix', ['02f8']],
    ['too much', [`0x${'00'.repeat(131_073)}`]],
  ])('%s is no raw transaction', async (_name, params) => {
    expect(await codeOf('eth_sendRawTransaction', ...params)).toEqual([-32602, 'RPC_PARAMS']);
  });

  it.each([
    ['empty', '0x', 'TX_MALFORMED'],
    ['no RLP', '0x02ff', 'TX_MALFORMED'],
    ['a blob transaction', '0x03c0', 'TX_TYPE_UNSUPPORTED'],
  ])('%s is refused by name', async (_name, raw, code) => {
    expect(await codeOf('eth_sendRawTransaction', raw)).toEqual([-32602, code]);
  });

  it('a transaction of another chain is refused by name', async () => {
    const raw = await world.people.alice.signTransaction({
      chainId: 1,
      type: 'eip1559',
      to: world.people.bob.address,
      gas: 21_000n,
    });
    expect(await codeOf('eth_sendRawTransaction', raw)).toEqual([-32602, 'TX_WRONG_CHAIN']);
  });

  it('an estimate is for a call that the policy lets the wallet make', async () => {
    const { alice, bob, carol, nobody } = world.people;
    const estimate = (request: object) => world.rpc(token, 'eth_estimateGas', [request]);
    expect(await estimate({ from: alice.address, to: bob.address, value: '0x1' })).toMatchObject({ result: '0x5208' });
    const notAllowed = 'Forbidden: the policy does not allow this call or transaction.';
    const forbidden = { error: { code: -32001, message: notAllowed, data: { code: 'RPC_METHOD_FORBIDDEN' } } };
    expect(await estimate({ from: alice.address, to: nobody.address, value: '0x1' })).toMatchObject(forbidden);
    expect(await estimate({ from: carol.address, to: bob.address, value: '0x1' })).toMatchObject(forbidden);
    expect(await estimate({ to: bob.address, value: '0x1' })).toMatchObject({
      error: { code: -32001, message: 'Forbidden: give one of your own wallets as `from`.' },
    });
    expect(
      await estimate({ from: alice.address, to: bob.address, value: `0x${(251n * ETHER).toString(16)}` }),
    ).toMatchObject(forbidden);
  });

  it('a call needs an own `from`, and data and input that agree', async () => {
    const { alice, bob } = world.people;
    const to = `0x${'0'.repeat(36)}a002`;
    expect(await codeOf('eth_call', { to, data: '0x' }, 'latest')).toEqual([-32001, 'RPC_METHOD_FORBIDDEN']);
    expect(await codeOf('eth_call', { from: bob.address, to, data: '0x' })).toEqual([-32001, 'RPC_METHOD_FORBIDDEN']);
    expect(await codeOf('eth_call', { from: alice.address, to, data: '0x12345678', input: '0x12345679' })).toEqual([
      -32602,
      'RPC_PARAMS',
    ]);
    expect(await codeOf('eth_call', { from: alice.address, to, data: '0x12345678', input: '0x12345678' })).toEqual([
      -32001,
      'RPC_METHOD_FORBIDDEN',
    ]);
  });

  it('overrides and unknown fields are refused, an empty override is none', async () => {
    const { alice, bob } = world.people;
    const request = { from: alice.address, to: bob.address, value: '0x1' };
    expect(await world.rpc(token, 'eth_call', [request, 'latest'])).toMatchObject({ result: '0x' });
    expect(await world.rpc(token, 'eth_call', [request, 'latest', {}])).toMatchObject({ result: '0x' });
    expect(await world.rpc(token, 'eth_call', [request, 'latest', null])).toMatchObject({ result: '0x' });
    const override = { [bob.address]: { balance: '0xffff' } };
    expect(await codeOf('eth_call', request, 'latest', override)).toEqual([-32602, 'RPC_PARAMS']);
    expect(await codeOf('eth_call', request, 'latest', {}, { number: '0x1' })).toEqual([-32602, 'RPC_PARAMS']);
    expect(await codeOf('eth_estimateGas', request, 'latest', override)).toEqual([-32602, 'RPC_PARAMS']);
    for (const extra of [
      { blobVersionedHashes: [] },
      { authorizationList: [] },
      { accessList: [{ address: bob.address, storageKeys: [] }] },
    ]) {
      expect(await codeOf('eth_call', { ...request, ...extra }, 'latest')).toEqual([-32602, 'RPC_PARAMS']);
    }
  });

  it('denials of methods are recorded', async () => {
    const before = world.audit.length;
    await codeOf('debug_traceTransaction', `0x${'00'.repeat(32)}`);
    await codeOf('eth_call', { to: world.people.bob.address });
    expect(world.audit.slice(before).map(({ action, detail }) => [action, detail['method']])).toEqual([
      ['rpc.denied', 'debug_traceTransaction'],
      ['rpc.denied', 'eth_call'],
    ]);
  });
});
