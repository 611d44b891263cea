import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PRIORITY_KIND } from '../../src/chain/constants.ts';
import { rollPriority } from '../../src/chain/priority-operation.ts';
import { domainOf } from './messages.ts';
import { hex32, openStage, type Stage, type Who } from './stage.ts';

/** What anybody may ask of the chain on L1: deposits and forced withdrawals, hashed as PROTOCOL 7 says. */

const SUPPLY_END = 1n << 127n;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.reset());
afterAll(() => stage?.close());

const deposit = (recipient: string, value: bigint, who: Who = 'customer') =>
  ({ who, to: 'bridge', fn: 'depositETH', args: [recipient], value }) as const;
const force = (recipient: string, amount: bigint, who: Who = 'customer') =>
  ({ who, to: 'bridge', fn: 'requestForcedWithdrawal', args: [recipient, amount] }) as const;
const address = (value: bigint) => `0x${value.toString(16).padStart(40, '0')}`;

test('operations are queued in order, each roll as TypeScript computes it', async () => {
  const to = stage.addressOf('stranger');
  const operations = [
    { call: deposit(to, 5n), kind: PRIORITY_KIND.DEPOSIT_ETH, a: BigInt(to), b: 5n },
    { call: force(to, 3n), kind: PRIORITY_KIND.FORCED_WITHDRAWAL, a: BigInt(to), b: 3n },
    { call: deposit(to, 10n ** 18n, 'stranger'), kind: PRIORITY_KIND.DEPOSIT_ETH, a: BigInt(to), b: 10n ** 18n },
    { call: deposit(address(0x20000n), 1n), kind: PRIORITY_KIND.DEPOSIT_ETH, a: 0x20000n, b: 1n },
    { call: force(address(1n), SUPPLY_END - 1n), kind: PRIORITY_KIND.FORCED_WITHDRAWAL, a: 1n, b: SUPPLY_END - 1n },
  ] as const;
  let roll = 0n;
  for (const [i, { call, kind, a, b }] of operations.entries()) {
    const sender = BigInt(stage.addressOf(call.who));
    roll = rollPriority(roll, domainOf(stage), { index: BigInt(i), kind, sender, a, b });
    const { events } = await stage.send(call);
    const timestamp = await stage.now();
    expect(events).toMatchObject([
      {
        eventName: 'PriorityOperationQueued',
        args: {
          index: BigInt(i),
          kind,
          sender: stage.addressOf(call.who),
          a: hex32(a),
          b: hex32(b),
          roll: hex32(roll),
          timestamp,
        },
      },
    ]);
    const [stored, at] = await stage.read<[string, bigint]>('bridge', 'priorityEntry', [BigInt(i)]);
    expect([stored, at]).toEqual([hex32(roll), timestamp]);
  }
  expect(await stage.read('bridge', 'priorityQueueLength')).toBe(5n);
  expect(await stage.read('bridge', 'supply')).toBe(6n + 10n ** 18n);
});

describe('a deposit is refused', () => {
  test.each([0n, 1n, 0x800an, 0x10004n, 0xa002n, 0x1ffffn])('to the reserved address %i', async (recipient) => {
    expect(await stage.refusal(deposit(address(recipient), 1n))).toBe('InvalidRecipient');
  });

  test('of nothing', async () => {
    expect(await stage.refusal(deposit(stage.addressOf('customer'), 0n))).toBe('InvalidAmount');
  });

  test('when the supply would reach 2^127, whether in one or many', async () => {
    const recipient = stage.addressOf('customer');
    await stage.client.setBalance({ address: recipient, value: 1n << 200n });
    for (const value of [SUPPLY_END, SUPPLY_END + 1n, 1n << 128n]) {
      expect(await stage.refusal(deposit(recipient, value))).toBe('SupplyCapExceeded');
    }
    await stage.send(deposit(recipient, SUPPLY_END - 1n));
    expect(await stage.refusal(deposit(recipient, 1n))).toBe('SupplyCapExceeded');
  });

  test('while the chain is halted', async () => {
    await stage.send({ who: 'guardian', to: 'chain', fn: 'halt' });
    expect(await stage.refusal(deposit(stage.addressOf('customer'), 1n))).toBe('ChainHalted');
  });

  test("as plain ether, which would be nobody's", async () => {
    await expect(
      stage.client.call({ account: stage.addressOf('customer'), to: stage.deployment.bridge, value: 1n }),
    ).rejects.toThrow(/revert/);
  });

  test('of an ERC-20, by name', async () => {
    const token = address(0x1234567n);
    const call = {
      who: 'customer',
      to: 'bridge',
      fn: 'depositERC20',
      args: [token, 1n, stage.addressOf('customer')],
    } as const;
    expect(await stage.refusal(call)).toBe('Erc20NotSupported');
  });
});

describe('a forced withdrawal is refused', () => {
  test('to nobody or to the bridge', async () => {
    expect(await stage.refusal(force(address(0n), 1n))).toBe('InvalidRecipient');
    expect(await stage.refusal(force(stage.deployment.bridge, 1n))).toBe('InvalidRecipient');
  });

  test('of nothing, or of more than can exist', async () => {
    for (const amount of [0n, SUPPLY_END, (1n << 128n) + 1n, (1n << 256n) - 1n]) {
      expect(await stage.refusal(force(stage.addressOf('customer'), amount))).toBe('InvalidAmount');
    }
  });

  test('with ether attached', async () => {
    await expect(stage.refusal({ ...force(stage.addressOf('customer'), 1n), value: 1n })).resolves.toMatch(/raw 0x/);
  });
});

test('a forced withdrawal is heard while the chain is halted', async () => {
  await stage.send({ who: 'guardian', to: 'chain', fn: 'halt' });
  await stage.send(force(stage.addressOf('customer'), 1n));
});

test('entries and checkpoints beyond the queue are refused', async () => {
  await stage.send(deposit(stage.addressOf('customer'), 1n));
  expect(await stage.refusal({ who: 'stranger', to: 'bridge', fn: 'priorityEntry', args: [1n] })).toBe(
    'IndexBeyondQueue',
  );
  expect(await stage.refusal({ who: 'stranger', to: 'bridge', fn: 'priorityCheckpoint', args: [2n] })).toBe(
    'IndexBeyondQueue',
  );
  expect(await stage.read('bridge', 'priorityCheckpoint', [1n])).toMatchObject({ nextTimestamp: 0n });
});

test('the views that the public SDK probes', async () => {
  const l1 = stage.deployment.l1ChainId;
  expect(await stage.read('bridge', 'L1_CHAIN_ID')).toBe(l1);
  const asset = await stage.read<string>('bridge', 'BASE_TOKEN_ASSET_ID');
  expect(await stage.read('bridge', 'originChainId', [asset])).toBe(l1);
  expect(await stage.read('bridge', 'originChainId', [hex32(BigInt(asset) ^ 1n)])).toBe(0n);
  expect(BigInt(await stage.read<string>('bridge', 'WETH_TOKEN'))).toBe(0n);
});
