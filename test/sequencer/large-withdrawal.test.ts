/** A withdrawal of thousands: of transactions, which are executed again in their order, and of operations, which are more than one entry holds. */

import { expect, it } from 'vitest';
import { PRIORITY_KIND } from '../../src/chain/constants.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import { operationsPerEntryMax } from '../../src/sequencer/operation-parts.ts';
import { alice, bob, carol, INTERVAL, openScene, type Scene, transfer } from './scene.ts';
import { reExecuteAll, replayStanding, standing, withdraw } from './withdrawing.ts';

const deposit = (index: bigint): PriorityOperation => ({
  index,
  kind: PRIORITY_KIND.DEPOSIT_ETH,
  sender: 1n,
  a: carol.address,
  b: 1n,
});

const hashesOf = (scene: Scene) => standing(scene.blocks).map(({ hash }) => hash);

it('of 3,000 transactions in three batches ends each of them once, and replays', async () => {
  const many = 10_000;
  const limits = { mempoolPerSenderMax: many, mempoolTransactionsMax: many, nonceAheadMax: many };
  const options = { options: { ...limits, provingBacklogMaxGates: Number.MAX_SAFE_INTEGER } };
  const scene = openScene(options);
  for (let batch = 0n; batch < 3n; batch++) {
    if (batch > 0n) {
      await scene.sequencer.close();
      scene.passTime(Number(INTERVAL) * 1000);
    }
    await scene.open(scene.sequencer.lastSlot + 1n);
    for (let i = 0n; i < 500n; i++) {
      const nonce = batch * 500n + i;
      await scene.submit(transfer(alice, { nonce }));
      await scene.submit(transfer(bob, { nonce, to: alice.address }));
    }
    while (await scene.sequencer.buildBlock());
  }
  const before = standing(scene.blocks);
  await withdraw(scene, { from: 1n, operations: [deposit(0n)], upTo: [1n, 1n, 1n] });
  await reExecuteAll(scene);
  const after = standing(scene.blocks);
  expect(after.map(({ items }) => items.filter(({ kind }) => kind === 'transaction').length)).toEqual(
    before.map(({ items }) => items.filter(({ kind }) => kind === 'transaction').length),
  );
  expect(after.flatMap(({ items }) => items.filter(({ kind }) => kind === 'transaction'))).toHaveLength(3_000);
  expect(scene.denials).toEqual([]);
  expect(scene.sequencer.waiting).toBe(0);
  const again = replayStanding(scene.written, options);
  expect(hashesOf(again)).toEqual(hashesOf(scene));
}, 300_000);

it('of more operations than an entry holds takes all of them, and every crash in between takes none', async () => {
  const scene = openScene();
  await scene.open();
  await scene.submit(transfer(alice));
  await scene.sequencer.buildBlock();
  const { length } = scene.written;
  const operations = Array.from({ length: operationsPerEntryMax + 3 }, (_, i) => deposit(BigInt(i)));
  await withdraw(scene, { from: 1n, operations, upTo: [BigInt(operations.length)] });
  const kinds = scene.written.slice(length).map(({ kind }) => kind);
  expect(kinds).toEqual(['withdrawn-operations', 'withdrawn']);
  const half = replayStanding(scene.written.slice(0, length + 1));
  expect(half.sequencer.isReExecuting).toBe(false);
  expect(hashesOf(half)).toEqual(hashesOf(scene));
  // What the half of a withdrawal leaves behind is in nobody's way.
  await withdraw(half, { from: 1n, operations: [deposit(0n)], upTo: [1n] });
  await reExecuteAll(half);
  expect(half.sequencer.processed.index).toBe(1n);
  const resumed = replayStanding(scene.written);
  for (const one of [scene, resumed]) {
    await reExecuteAll(one);
    expect(one.sequencer.processed.index).toBe(BigInt(operations.length));
  }
  expect(hashesOf(resumed)).toEqual(hashesOf(scene));
}, 300_000);
