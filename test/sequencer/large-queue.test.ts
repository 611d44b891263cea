/** A batch takes a queue of any length when it has to: its first block is written, and comes back in replay (G7). */

import { describe, expect, it } from 'vitest';
import { PRIORITY_KIND } from '../../src/chain/constants.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import { encodeEntry } from '../../src/sequencer/log-entries.ts';
import { operationsPerEntryMax } from '../../src/sequencer/operation-parts.ts';
import { BLOCK_LOG_DEFAULTS } from '../../src/store/log/block-log.ts';
import { alice, bob, carol, GENESIS_SLOT, hashOf, INTERVAL, openScene, type Scene, transfer } from './scene.ts';
import { reExecuteAll, replayStanding, withdraw } from './withdrawing.ts';

const deposit = (index: bigint): PriorityOperation => ({
  index,
  kind: PRIORITY_KIND.DEPOSIT_ETH,
  sender: (1n << 160n) - 1n,
  a: carol.address,
  b: (1n << 70n) + index,
});
/** Of the kind that takes the most bytes. */
const identity = (index: bigint): PriorityOperation => ({
  ...deposit(index),
  kind: PRIORITY_KIND.SET_IDENTITY,
  b: 1n << 255n,
});
const queueOf = (length: number) => Array.from({ length }, (_, i) => deposit(BigInt(i)));
const kindsOf = (scene: Scene) => scene.written.map(({ kind }) => kind);
const hashesOf = (scene: Scene) => scene.blocks.map(({ hash }) => hash);

describe('a queue that a batch has to take whole', () => {
  it('of more operations than an append holds is taken, and replays', async () => {
    const count = 53_000;
    const scene = openScene();
    scene.operations.push(...Array.from({ length: count }, (_, i) => identity(BigInt(i))));
    await scene.sequencer.open(GENESIS_SLOT + 1n, BigInt(count));
    expect(kindsOf(scene)).toEqual([...Array(3).fill('block-operations'), 'batch-opened', 'block']);
    const size = scene.written.reduce((sum, entry) => sum + encodeEntry(entry).payload.length, 0);
    expect(size).toBeGreaterThan(BLOCK_LOG_DEFAULTS.groupBytesMax);
    expect(scene.sequencer.processed.index).toBe(BigInt(count));
    const again = replayStanding(scene.written);
    expect(hashesOf(again)).toEqual(hashesOf(scene));
    expect(again.sequencer.processed).toEqual(scene.sequencer.processed);
  }, 300_000);

  it('leaves nothing when a kill comes before the block, whatever is done then', async () => {
    const count = 2 * operationsPerEntryMax + 5;
    const scene = openScene();
    scene.operations.push(...queueOf(count));
    await scene.sequencer.open(GENESIS_SLOT + 1n, BigInt(count));
    expect(kindsOf(scene)).toEqual(['block-operations', 'block-operations', 'batch-opened', 'block']);
    for (const length of [1, 2]) {
      const half = replayStanding(scene.written.slice(0, length));
      expect(half.sequencer.openBatch).toBeUndefined();
      expect(half.sequencer.processed.index).toBe(0n);
      half.operations.push(...queueOf(3));
      await half.open();
      expect(half.sequencer.processed.index).toBe(3n);
      const log = [...scene.written.slice(0, length), ...half.written];
      expect(hashesOf(replayStanding(log))).toEqual(hashesOf(half));
    }
    const missing = scene.written.toSpliced(1, 1);
    expect(() => replayStanding(missing)).toThrow(expect.objectContaining({ code: 'HALT_REPLAY_MISMATCH' }));
    expect(() => replayStanding(scene.written.toSpliced(0, 2, scene.written[1]!, scene.written[0]!))).toThrow(
      expect.objectContaining({ code: 'HALT_REPLAY_MISMATCH' }),
    );
  }, 300_000);

  it('gives the batch the denials that are signed while its operations are being written', async () => {
    const count = operationsPerEntryMax + 1;
    const scene = openScene();
    scene.operations.push(...queueOf(count));
    const free = scene.holdLog();
    const opening = scene.sequencer.open(GENESIS_SLOT + 1n, BigInt(count));
    const refused = expect(scene.sequencer.refuse(transfer(alice), 'no')).rejects.toMatchObject({
      code: 'SUBMIT_DENIED',
    });
    free();
    await Promise.all([opening, refused]);
    expect(kindsOf(scene)).toEqual(['block-operations', 'denial', 'batch-opened', 'block']);
    const denial = scene.written.flatMap((entry) => (entry.kind === 'denial' ? [entry.denial] : []));
    expect(scene.sequencer.openBatch!.denials).toEqual(denial);
    expect(replayStanding(scene.written).sequencer.openBatch!.denials).toEqual(denial);
  }, 300_000);

  it('is taken back, and taken again by the batch that is executed again', async () => {
    const count = operationsPerEntryMax + 7;
    const options = { options: { batchTransactionsMax: 100_000 } };
    const scene = openScene(options);
    scene.operations.push(...queueOf(count));
    await scene.sequencer.open(GENESIS_SLOT + 1n, BigInt(count));
    await scene.submit(transfer(alice));
    await scene.sequencer.buildBlock();
    await withdraw(scene, { from: 1n, operations: queueOf(count - 1), upTo: [BigInt(count - 1)] });
    await reExecuteAll(scene);
    expect(kindsOf(scene).filter((kind) => kind === 'block-operations')).toHaveLength(2);
    expect(scene.sequencer.processed.index).toBe(BigInt(count - 1));
    expect(await scene.sequencer.outcome(hashOf(transfer(alice)))).toMatchObject({ kind: 'included' });
    const again = replayStanding(scene.written, options);
    expect(again.sequencer.processed).toEqual(scene.sequencer.processed);
    expect(again.sequencer.openBatch!.nextBlockNumber).toBe(scene.sequencer.openBatch!.nextBlockNumber);
    // And the chain goes on from there.
    await reExecuteAll(again);
    for (const one of [scene, again]) {
      await one.sequencer.close();
      one.passTime(Number(INTERVAL) * 1000);
      await one.submit(transfer(bob));
      await one.open(GENESIS_SLOT + 2n);
      expect(await one.sequencer.buildBlock()).toBe(true);
    }
  }, 300_000);
});
