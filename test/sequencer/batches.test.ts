/** Blocks, batches and slots; and G7's other half: the log alone gives the same blocks again, or the chain halts. */

import { describe, expect, it } from 'vitest';
import { hexToBytes } from '../../src/base/bytes.ts';
import { PRIORITY_KIND, SYSTEM_NAME } from '../../src/chain/constants.ts';
import { accountKey, systemKey } from '../../src/chain/keys.ts';
import { toWord } from '../../src/chain/word.ts';
import { createDenyAllButExits } from '../../src/policy/built-in.ts';
import { createPolicy } from '../../src/policy/create-policy.ts';
import type { LogEntry } from '../../src/sequencer/log-entries.ts';
import { transactionOf } from '../execution/support.ts';
import {
  alice,
  bob,
  carol,
  ETHER,
  GENESIS,
  GENESIS_SLOT,
  INTERVAL,
  minimal,
  openScene,
  replay,
  type Scene,
  successor,
  transfer,
} from './scene.ts';

const nextSlot = async (scene: Scene) => {
  await scene.sequencer.close();
  scene.passTime(Number(INTERVAL) * 1000);
  await scene.open(scene.sequencer.lastSlot + 1n);
};

describe('blocks and batches', () => {
  it('opens a batch with a block at the start of its slot, empty when nothing is due', async () => {
    const scene = openScene();
    await scene.open();
    expect(scene.blocks).toMatchObject([
      { number: 1n, timestamp: (GENESIS_SLOT + 1n) * INTERVAL, items: [], batch: 1n },
    ]);
    expect(scene.written.map(({ kind }) => kind)).toEqual(['batch-opened', 'block']);
  });

  it('makes no further block without a transaction', async () => {
    const scene = openScene();
    await scene.open();
    for (let i = 0; i < 3; i++) expect(await scene.sequencer.buildBlock()).toBe(false);
    expect(scene.blocks).toHaveLength(1);
  });

  it.each([0n, 1n])('refuses a slot that does not increase (%s)', async (back) => {
    const scene = openScene();
    await scene.open();
    await scene.sequencer.close();
    await expect(scene.open(scene.sequencer.lastSlot - back)).rejects.toThrow('slots strictly increase');
  });

  it('builds nothing after the end of the slot: the seal is due', async () => {
    const scene = openScene();
    await scene.open();
    await scene.submit(transfer(alice));
    scene.passTime(Number(INTERVAL) * 1000);
    expect(await scene.sequencer.buildBlock()).toBe(false);
    await scene.sequencer.close();
    await scene.open(scene.sequencer.lastSlot + 1n);
    expect(await scene.sequencer.buildBlock()).toBe(true);
  });

  it('fills a block up to its gas and takes the rest in the next', async () => {
    const scene = openScene({ genesis: { context: { ...GENESIS.context, gasLimit: 63_000n } } });
    await scene.open();
    for (let nonce = 0n; nonce < 5n; nonce++) await scene.submit(transfer(alice, { nonce }));
    await scene.sequencer.buildBlock();
    await scene.sequencer.buildBlock();
    expect(scene.blocks.slice(1).map(({ items, gasUsed }) => [items.length, gasUsed])).toEqual([
      [3, 63_000n],
      [2, 42_000n],
    ]);
  });

  it('leaves a withdrawal beyond the messages of a batch to the next batch, without empty blocks meanwhile', async () => {
    const scene = openScene({ options: { mempoolPerSenderMax: 300, mempoolTransactionsMax: 300, nonceAheadMax: 300 } });
    await scene.open();
    const receiver = hexToBytes(`0x51cff8d9${'00'.repeat(12)}${'11'.repeat(20)}`);
    for (let nonce = 0n; nonce < 258n; nonce++) {
      await scene.submit(transactionOf(alice, { nonce, to: 0x800an, value: 1n, data: receiver, gasLimit: 100_000n }));
    }
    while (await scene.sequencer.buildBlock());
    const { length } = scene.blocks;
    for (let i = 0; i < 3; i++) await scene.sequencer.buildBlock();
    expect(scene.blocks).toHaveLength(length);
    expect(scene.sequencer.waiting).toBe(2);
    await nextSlot(scene);
    expect(scene.batches[0]!.messages).toHaveLength(256);
    await scene.sequencer.buildBlock();
    expect(scene.sequencer.waiting).toBe(0);
    expect(scene.sequencer.openBatch!.messages.map(({ index }) => index)).toEqual([0, 1]);
  });

  it('judges a whole batch under the root its own operation put in force', async () => {
    const scene = openScene({ policies: [minimal, successor] });
    await scene.open();
    scene.operations.push({ index: 0n, kind: PRIORITY_KIND.SET_POLICY_ROOT, sender: 1n, a: successor.root, b: 0n });
    await nextSlot(scene);
    expect(scene.sequencer.policyRoot).toBe(successor.root);
    expect(scene.sequencer.openBatch!.policyRoot).toBe(successor.root);
    expect(scene.sequencer.state.get(systemKey(SYSTEM_NAME.POLICY))).toEqual(toWord(successor.root));
  });

  it('ends what waits under an exit-only root as denials', async () => {
    const exits = createPolicy(createDenyAllButExits());
    const scene = openScene({ policies: [minimal, exits] });
    await scene.open();
    await scene.submit(transfer(alice));
    scene.operations.push({ index: 0n, kind: PRIORITY_KIND.SET_POLICY_ROOT, sender: 1n, a: exits.root, b: 0n });
    await nextSlot(scene);
    await scene.sequencer.buildBlock();
    expect(scene.denials).toMatchObject([{ accepted: true, denial: { code: 'policy' } }]);
  });

  it('halts, and writes nothing, when L1 names a policy this node does not have', async () => {
    const scene = openScene();
    await scene.open();
    scene.operations.push({ index: 0n, kind: PRIORITY_KIND.SET_POLICY_ROOT, sender: 1n, a: 12345n, b: 0n });
    await scene.sequencer.close();
    const { length } = scene.written;
    await expect(scene.open(scene.sequencer.lastSlot + 1n)).rejects.toMatchObject({ code: 'HALT_UNKNOWN_POLICY' });
    expect(scene.written).toHaveLength(length);
  });

  const setList = (index: bigint, list: bigint, root: bigint) =>
    ({ index, kind: PRIORITY_KIND.SET_LIST_ROOT, sender: 1n, a: list, b: root }) as const;

  it('halts, and writes nothing, when L1 names a root of a list whose members this node does not have', async () => {
    const scene = openScene({ listRoots: [77n] });
    await scene.open();
    // The last one counts.
    scene.operations.push(setList(0n, 1n, 77n), setList(1n, 1n, 78n));
    await scene.sequencer.close();
    const { length } = scene.written;
    await expect(scene.open(scene.sequencer.lastSlot + 1n)).rejects.toMatchObject({ code: 'HALT_UNKNOWN_LIST' });
    expect(scene.written).toHaveLength(length);
  });

  it('goes on under a list root it has, past one it need not know, and for a list that no rule asks', async () => {
    const scene = openScene({ listRoots: [77n] });
    await scene.open();
    scene.operations.push(setList(0n, 1n, 76n), setList(1n, 1n, 77n), setList(2n, 9n, 78n));
    await nextSlot(scene);
    await scene.submit(transfer(alice));
    expect(await scene.sequencer.buildBlock()).toBe(true);
    const log = scene.written;
    const again = openScene({ listRoots: [77n] });
    for (const entry of log) again.sequencer.replay(entry);
    const without = openScene();
    const replayAll = () => {
      for (const entry of log) without.sequencer.replay(entry);
    };
    expect(replayAll).toThrow(expect.objectContaining({ code: 'HALT_UNKNOWN_LIST' }));
  });

  it('halts on a policy that asks a list whose root came in before it', async () => {
    const exits = createPolicy(createDenyAllButExits());
    const scene = openScene({ policies: [minimal, exits] });
    await scene.open();
    scene.operations.push({ index: 0n, kind: PRIORITY_KIND.SET_POLICY_ROOT, sender: 1n, a: exits.root, b: 0n });
    scene.operations.push(setList(1n, 1n, 78n));
    await nextSlot(scene);
    scene.operations.push({ index: 2n, kind: PRIORITY_KIND.SET_POLICY_ROOT, sender: 1n, a: minimal.root, b: 0n });
    await scene.sequencer.close();
    await expect(scene.open(scene.sequencer.lastSlot + 1n)).rejects.toMatchObject({ code: 'HALT_UNKNOWN_LIST' });
  });

  it('takes deposits only in the block that opens a batch, and in order', async () => {
    const scene = openScene();
    await scene.open();
    scene.operations.push(
      { index: 0n, kind: PRIORITY_KIND.DEPOSIT_ETH, sender: 1n, a: carol.address, b: 5n },
      { index: 1n, kind: PRIORITY_KIND.DEPOSIT_ETH, sender: 1n, a: carol.address, b: 7n },
    );
    await scene.sequencer.buildBlock();
    expect(scene.sequencer.state.get(accountKey(carol.address)).lo).toBe(0n);
    await nextSlot(scene);
    expect(scene.sequencer.state.get(accountKey(carol.address)).lo).toBe(12n);
    expect(scene.blocks.at(-1)!.items.map(({ kind }) => kind)).toEqual(['operation', 'operation']);
  });

  it('ends what offers less than a base fee that rose, after the time of a nonce gap', async () => {
    const scene = openScene();
    await scene.open();
    await scene.submit(transfer(alice));
    scene.operations.push({
      index: 0n,
      kind: PRIORITY_KIND.SET_PARAMETER,
      sender: 1n,
      a: BigInt(SYSTEM_NAME.BLOCK),
      b: (30_000_000n << 192n) | (7n << 128n) | (1n << 64n) | INTERVAL,
    });
    await nextSlot(scene);
    await nextSlot(scene);
    await scene.sequencer.buildBlock();
    expect(scene.sequencer.currentBlock().baseFee).toBe(7n);
    expect(scene.denials).toMatchObject([{ accepted: true, denial: { ruleId: 'sequencer.fee-too-low' } }]);
  });

  it('puts a denial signed while the end of a batch is written into the batch the log puts it in', async () => {
    const scene = openScene();
    await scene.open();
    const release = scene.holdLog();
    const closing = scene.sequencer.close();
    const refusing = scene.sequencer.refuse(transfer(alice), 'rule: no').catch(() => undefined);
    release();
    await Promise.all([closing, refusing]);
    scene.passTime(Number(INTERVAL) * 1000);
    await nextSlotFrom(scene);
    const again = replay(scene.written);
    expect(scene.batches.map(({ denials }) => denials.length)).toEqual([0, 1]);
    expect(again.batches.map(({ denials }) => denials.length)).toEqual([0, 1]);
  });
});

async function nextSlotFrom(scene: Scene): Promise<void> {
  await scene.open(scene.sequencer.lastSlot + 1n);
  await scene.sequencer.close();
}

/** Two batches with transfers, a withdrawal, an operation, denials of every kind and one transaction that still waits. */
async function busyLife(): Promise<Scene> {
  const scene = openScene();
  await scene.open();
  await scene.submit(transfer(alice));
  await scene.submit(transfer(alice, { nonce: 1n, value: ETHER, to: carol.address }));
  await scene.sequencer.buildBlock();
  await scene.sequencer.refuse(transfer(bob, { value: 9n }), 'rule: no').catch(() => undefined);
  await scene.submit(transfer(bob, { nonce: 3n }));
  await scene.submit(transfer(bob, { to: alice.address, maxFeePerGas: 10n }));
  await scene.submit(transfer(bob, { to: alice.address, maxFeePerGas: 20n }));
  scene.passTime(61_000);
  await scene.sequencer.buildBlock();
  scene.operations.push({ index: 0n, kind: PRIORITY_KIND.DEPOSIT_ETH, sender: 1n, a: carol.address, b: 5n });
  await nextSlot(scene);
  await scene.submit(transfer(carol, { to: alice.address }));
  await scene.sequencer.buildBlock();
  await scene.submit(transfer(alice, { nonce: 2n }));
  return scene;
}

describe('replay', () => {
  it('gives the same blocks, denials, state and waiting transactions', async () => {
    const scene = await busyLife();
    const again = replay(scene.written);
    expect(again.blocks.map(({ hash }) => hash)).toEqual(scene.blocks.map(({ hash }) => hash));
    expect(again.denials).toEqual(scene.denials);
    expect(again.batches.map(({ txRoot, denials }) => [txRoot, denials])).toEqual(
      scene.batches.map(({ txRoot, denials }) => [txRoot, denials]),
    );
    expect(again.sequencer.waiting).toBe(1);
    expect(again.sequencer.backlogGates).toBe(scene.sequencer.backlogGates);
    for (const { address } of [alice, bob, carol]) {
      const key = accountKey(address);
      expect(again.sequencer.state.get(key)).toEqual(scene.sequencer.state.get(key));
    }
  });

  it('goes on from any entry: every prefix of the log replays', async () => {
    const { written } = await busyLife();
    for (let length = 0; length <= written.length; length++)
      expect(() => replay(written.slice(0, length))).not.toThrow();
  });

  const edits: readonly (readonly [string, (entries: LogEntry[]) => LogEntry[]])[] = [
    ['another block hash', (log) => edit(log, 'block', (entry) => ({ ...entry, hash: entry.hash ^ 1n }))],
    ['another block number', (log) => edit(log, 'block', (entry) => ({ ...entry, number: entry.number + 1n }))],
    ['another timestamp', (log) => edit(log, 'block', (entry) => ({ ...entry, timestamp: entry.timestamp + 1n }), 1)],
    ['an earlier timestamp', (log) => edit(log, 'block', (entry) => ({ ...entry, timestamp: 1n }), 1)],
    [
      'transactions in another order',
      (log) => edit(log, 'block', (e) => ({ ...e, transactions: e.transactions.toReversed() }), 1),
    ],
    [
      'a transaction taken out of a block',
      (log) => edit(log, 'block', (e) => ({ ...e, transactions: e.transactions.slice(1) }), 1),
    ],
    [
      'a transaction twice',
      (log) => edit(log, 'block', (e) => ({ ...e, transactions: [...e.transactions, e.transactions[0]!] }), 1),
    ],
    ['an unknown transaction', (log) => edit(log, 'block', (e) => ({ ...e, transactions: [7n] }), 1)],
    [
      'another deposit',
      (log) => edit(log, 'block', (e) => ({ ...e, operations: e.operations.map((o) => ({ ...o, b: o.b + 1n })) }), 3),
    ],
    ['an operation taken out', (log) => edit(log, 'block', (e) => ({ ...e, operations: [] }), 3)],
    [
      'an accepted transaction taken out',
      (log) => log.filter((entry) => entry !== log.find(({ kind }) => kind === 'accepted')),
    ],
    [
      'an accepted transaction edited',
      (log) => edit(log, 'accepted', (e) => ({ ...e, raw: e.raw.with(30, e.raw[30]! ^ 1) })),
    ],
    ['a transaction cut short', (log) => edit(log, 'accepted', (e) => ({ ...e, raw: e.raw.subarray(0, 40) }))],
    ['a block taken out', (log) => log.filter((entry) => entry !== log.filter(({ kind }) => kind === 'block')[1])],
    ['a batch that is not closed', (log) => log.filter(({ kind }) => kind !== 'batch-closed')],
    ['a batch closed under another number', (log) => edit(log, 'batch-closed', (e) => ({ ...e, batch: 9n }))],
    ['a batch in an earlier slot', (log) => edit(log, 'batch-opened', (e) => ({ ...e, slot: 1n }))],
    ['a block before its batch', (log) => log.filter(({ kind }) => kind !== 'batch-opened')],
  ];
  it.each(edits)('halts on %s', async (_name, change) => {
    const { written } = await busyLife();
    expect(() => replay(change([...written]))).toThrow(expect.objectContaining({ code: 'HALT_REPLAY_MISMATCH' }));
  });

  it('halts on a policy root it does not have', async () => {
    const { written } = await busyLife();
    const log = edit([...written], 'batch-opened', (entry) => ({ ...entry, policyRoot: 5n }));
    expect(() => replay(log)).toThrow(expect.objectContaining({ code: 'HALT_UNKNOWN_POLICY' }));
  });
});

function edit<K extends LogEntry['kind']>(
  log: LogEntry[],
  kind: K,
  change: (entry: Extract<LogEntry, { kind: K }>) => LogEntry,
  nth = 0,
): LogEntry[] {
  const target = log.filter((entry) => entry.kind === kind)[nth];
  if (target === undefined) throw new Error(`the life has no ${kind} number ${nth}`);
  return log.map((entry) => (entry === target ? change(entry as Extract<LogEntry, { kind: K }>) : entry));
}
