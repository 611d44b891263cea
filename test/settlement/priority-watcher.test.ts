/** The L1 queue as it is, from the real bridge: confirmed, whole, and refused when it is not what the contract stores. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPriorityWatcher, type PriorityWatcherOptions } from '../../src/settlement/priority-watcher.ts';
import { CHAIN_ID, EXIT_ONLY_ROOT, hex32, openStage, POLICY_ROOT, type Stage } from '../contracts/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
beforeEach(() => stage.reset());

const watcherOf = (options: Partial<PriorityWatcherOptions> = {}) =>
  createPriorityWatcher(
    {
      domain: { l1ChainId: 31337n, bridge: BigInt(stage.deployment.bridge), chainId: CHAIN_ID },
      bridge: stage.deployment.bridge,
      confirmationsMin: 2n,
      logRangeBlocks: 3n,
      fromBlock: stage.deployment.startBlock,
      ...options,
    },
    { client: stage.client as never },
  );
const customer = () => BigInt(stage.accounts.customer.address);
const deposit = (value: bigint) =>
  stage.send({ who: 'customer', to: 'bridge', fn: 'depositETH', args: [stage.accounts.customer.address], value });
const mine = (blocks: number) => stage.client.mine({ blocks });

describe('the priority watcher', () => {
  it('counts an operation when enough blocks stand on it, not sooner', async () => {
    const watcher = watcherOf();
    await deposit(5n);
    await watcher.poll();
    expect(watcher.confirmed).toBe(0n);
    await mine(1);
    await watcher.poll();
    expect(watcher.confirmed).toBe(0n);
    await mine(1);
    await watcher.poll();
    expect(watcher.from(0n, 10)).toEqual([{ index: 0n, kind: 1, sender: customer(), a: customer(), b: 5n }]);
  });

  it('takes each operation once, over many ranges and looks at the same time', async () => {
    const watcher = watcherOf();
    for (let value = 1n; value <= 6n; value++) {
      await deposit(value);
      await mine(2);
    }
    await Promise.all([watcher.poll(), watcher.poll(), watcher.poll()]);
    await watcher.poll();
    expect(watcher.from(0n, 10).map(({ b }) => b)).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
    expect(watcher.from(2n, 2).map(({ index }) => index)).toEqual([2n, 3n]);
    expect(watcher.from(6n, 2)).toEqual([]);
  });

  it('comes to the same after a restart', async () => {
    await deposit(1n);
    await deposit(2n);
    await mine(2);
    const [first, second] = [watcherOf(), watcherOf({ logRangeBlocks: 1_000n })];
    await first.poll();
    await second.poll();
    expect(second.from(0n, 10)).toEqual(first.from(0n, 10));
    expect(second.confirmed).toBe(2n);
  });

  it('does not notice a reorg of what is not confirmed, and takes what came instead', async () => {
    const watcher = watcherOf();
    const before = await stage.client.snapshot();
    await deposit(5n);
    await watcher.poll();
    await stage.client.revert({ id: before });
    await deposit(7n);
    await mine(2);
    await watcher.poll();
    expect(watcher.from(0n, 10).map(({ b }) => b)).toEqual([7n]);
  });

  it.each([
    ['gone', 0n],
    ['another one', 7n],
  ])('goes back when a confirmed operation is %s, and takes what is there', async (_name, instead) => {
    const watcher = watcherOf();
    await deposit(3n);
    await mine(2);
    const before = await stage.client.snapshot();
    await deposit(5n);
    await mine(2);
    await watcher.poll();
    const roll = watcher.rollAfter(2n);
    expect(watcher.from(0n, 10).map(({ b }) => b)).toEqual([3n, 5n]);
    await stage.client.revert({ id: before });
    await watcher.poll();
    expect(watcher.from(0n, 10).map(({ b }) => b)).toEqual([3n]);
    expect(watcher.rollAfter(2n)).toBeUndefined();
    if (instead > 0n) await deposit(instead);
    await mine(4);
    await watcher.poll();
    expect(watcher.from(0n, 10).map(({ b }) => b)).toEqual(instead > 0n ? [3n, instead] : [3n]);
    expect(watcher.rollAfter(2n) === roll).toBe(false);
    expect(watcher.rollAfter(0n)).toBe(0n);
  });

  it('finds them again when the same operations are mined in other blocks', async () => {
    const watcher = watcherOf();
    const before = await stage.client.snapshot();
    await deposit(5n);
    await mine(2);
    await watcher.poll();
    const roll = watcher.rollAfter(1n);
    await stage.client.revert({ id: before });
    await watcher.poll();
    expect(watcher.confirmed).toBe(0n);
    await mine(3);
    await deposit(5n);
    await mine(2);
    await watcher.poll();
    expect(watcher.rollAfter(1n)).toBe(roll);
  });

  it('knows the time of what is confirmed, and counts its looks', async () => {
    const watcher = watcherOf();
    expect([watcher.confirmedTime, watcher.looks]).toEqual([undefined, 0]);
    await watcher.poll();
    await mine(1);
    const { timestamp } = await stage.client.getBlock({ blockNumber: (await stage.client.getBlockNumber()) - 2n });
    await watcher.poll();
    expect([watcher.confirmedTime, watcher.looks]).toEqual([timestamp, 2]);
    expect(watcher.newestTime).toBe((await stage.client.getBlock()).timestamp);
  });

  it('tells of a revoked policy root when that is confirmed, and with it the root that takes its place', async () => {
    const watcher = watcherOf();
    await watcher.poll();
    expect(await watcher.revokedFrom(POLICY_ROOT)).toBeUndefined();
    await stage.govern('bridge', 'revokePolicyRoot', [hex32(POLICY_ROOT), 0n, hex32(0n)], true);
    await watcher.poll();
    expect([await watcher.revokedFrom(POLICY_ROOT), watcher.confirmed]).toEqual([undefined, 0n]);
    await mine(2);
    await watcher.poll();
    expect([await watcher.revokedFrom(POLICY_ROOT), watcher.confirmed]).toEqual([1n, 1n]);
    expect(await watcher.revokedFrom(EXIT_ONLY_ROOT)).toBeUndefined();
  });

  it.each([
    ['chain', { chainId: CHAIN_ID + 1n }],
    ['L1', { l1ChainId: 1n }],
    ['bridge', { bridge: 5n }],
  ])('takes nothing whose roll is that of another %s', async (_name, change) => {
    const { bridge } = stage.deployment;
    const watcher = watcherOf({ domain: { l1ChainId: 31337n, bridge: BigInt(bridge), chainId: CHAIN_ID, ...change } });
    await deposit(5n);
    await mine(2);
    await expect(watcher.poll()).rejects.toMatchObject({ code: 'L1_QUEUE_BROKEN' });
    expect(watcher.confirmed).toBe(0n);
  });

  it.each([
    ['the whole queue', 0],
    ['its end', 1],
  ])('counts no look in which a lagging node left out events: %s', async (_name, taken) => {
    let lags = false;
    const client = new Proxy(stage.client, {
      get: (of, name) => (name === 'getLogs' && lags ? async () => [] : Reflect.get(of, name)),
    });
    const watcher = createPriorityWatcher(
      {
        domain: { l1ChainId: 31337n, bridge: BigInt(stage.deployment.bridge), chainId: CHAIN_ID },
        bridge: stage.deployment.bridge,
        confirmationsMin: 2n,
        logRangeBlocks: 3n,
        fromBlock: stage.deployment.startBlock,
      },
      { client: client as never },
    );
    if (taken === 1) {
      await deposit(4n);
      await mine(2);
      await watcher.poll();
    }
    const seen = watcher.confirmedTime;
    lags = true;
    await deposit(5n);
    await mine(4);
    await expect(watcher.poll()).rejects.toMatchObject({ code: 'L1_UNREACHABLE' });
    expect([watcher.confirmed, watcher.confirmedTime]).toEqual([BigInt(taken), seen]);
    lags = false;
    await watcher.poll();
    expect(watcher.from(BigInt(taken), 10).map(({ b }) => b)).toEqual([5n]);
    await deposit(6n);
    await mine(2);
    await watcher.poll();
    expect(watcher.confirmed).toBe(BigInt(taken) + 2n);
  });

  it('misses no operation for starting too late: its index does not fit', async () => {
    await deposit(5n);
    const late = await stage.client.getBlockNumber();
    await deposit(6n);
    await mine(2);
    await expect(watcherOf({ fromBlock: late + 1n }).poll()).rejects.toMatchObject({ code: 'L1_QUEUE_BROKEN' });
  });
});
