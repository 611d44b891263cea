/** G7: what is withdrawn is executed again; each accepted transaction keeps exactly one outcome, and every crash in between ends the same. */

import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { bytesToBigInt } from '../../src/base/bytes.ts';
import { PRIORITY_KIND } from '../../src/chain/constants.ts';
import { denialDigest, denialRootOf, type SignedDenial } from '../../src/chain/denial.ts';
import { accountKey } from '../../src/chain/keys.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import type { SignedTransaction } from '../../src/chain/transaction.ts';
import { createDenyAllButExits } from '../../src/policy/built-in.ts';
import { createPolicy } from '../../src/policy/create-policy.ts';
import { verifyDenial } from '../../src/sequencer/denial-signer.ts';
import { decodeEntry, encodeEntry, type LogEntry } from '../../src/sequencer/log-entries.ts';
import { fatesOf, Withdrawals } from '../../src/sequencer/withdrawals.ts';
import {
  alice,
  bob,
  carol,
  DENIAL_SIGNER,
  ETHER,
  hashOf,
  INTERVAL,
  minimal,
  openScene,
  type Scene,
  type SceneOptions,
  transfer,
} from './scene.ts';
import { AT, reExecuteAll, replayStanding, standing, withdraw } from './withdrawing.ts';

const exits = createPolicy(createDenyAllButExits());
const options: SceneOptions = { policies: [minimal, exits] };

const deposit = (index: bigint, to: bigint, wei: bigint): PriorityOperation => ({
  index,
  kind: PRIORITY_KIND.DEPOSIT_ETH,
  sender: 1n,
  a: to,
  b: wei,
});
const setPolicy = (index: bigint, root: bigint): PriorityOperation => ({
  index,
  kind: PRIORITY_KIND.SET_POLICY_ROOT,
  sender: 1n,
  a: root,
  b: 0n,
});

const carolsDeposit = deposit(0n, carol.address, 10n * ETHER);

/** Three batches, the last one open: Carol lives on a deposit, Alice does not. */
interface Story {
  readonly scene: Scene;
  readonly accepted: SignedTransaction[];
  readonly refused: SignedTransaction;
}

async function tell(): Promise<Story> {
  const scene = openScene(options);
  const accepted: SignedTransaction[] = [];
  const submit = async (transaction: SignedTransaction) => {
    await scene.submit(transaction);
    accepted.push(transaction);
  };
  const next = async () => {
    if (scene.sequencer.openBatch !== undefined) await scene.sequencer.close();
    scene.passTime(Number(INTERVAL) * 1000);
    await scene.open(scene.sequencer.lastSlot + 1n);
  };
  scene.operations.push(carolsDeposit);
  await scene.open();
  await submit(transfer(alice));
  await submit(transfer(carol, { value: 4n * ETHER }));
  await scene.sequencer.buildBlock();
  scene.passTime(2_000);
  await submit(transfer(alice, { nonce: 1n }));
  await scene.sequencer.buildBlock();
  await next();
  await submit(transfer(carol, { nonce: 1n, to: alice.address, value: ETHER }));
  await submit(transfer(bob, { to: alice.address }));
  await scene.sequencer.buildBlock();
  const refused = transfer(alice, { nonce: 2n, to: 0xdeadn });
  await scene.sequencer.refuse(refused, 'no rule').catch(() => undefined);
  // Replaced before it came into a block: an accepted transaction with a denial in batch 2.
  await submit(transfer(alice, { nonce: 2n, maxFeePerGas: 1n, maxPriorityFeePerGas: 1n }));
  await submit(transfer(alice, { nonce: 2n, maxFeePerGas: 5n, maxPriorityFeePerGas: 5n }));
  await scene.sequencer.buildBlock();
  await next();
  await submit(transfer(alice, { nonce: 3n }));
  await scene.sequencer.buildBlock();
  await submit(transfer(alice, { nonce: 5n }));
  return { scene, accepted, refused };
}

/** The one outcome of each hash; throws when there are two. */
function outcomesOf(scene: Scene): Map<bigint, string> {
  const found = new Map<bigint, string>();
  const put = (hash: bigint, outcome: string) => {
    if (found.has(hash)) throw new Error(`two outcomes of ${hash}: ${found.get(hash)}, ${outcome}`);
    found.set(hash, outcome);
  };
  for (const { number, items } of standing(scene.blocks)) {
    for (const item of items) {
      if (item.kind === 'transaction') put(bytesToBigInt(item.transaction.hash), `block ${number}`);
    }
  }
  for (const { denial, accepted } of scene.denials) if (accepted) put(denial.transactionHash, denial.code);
  return found;
}

const shapeOf = (scene: Scene) => ({
  blocks: standing(scene.blocks).map(({ hash }) => hash),
  balances: [alice, bob, carol].map(({ address }) => scene.sequencer.state.get(accountKey(address))),
  outcomes: outcomesOf(scene),
  openDenials: denialRootOf(scene.sequencer.openBatch?.denials ?? []),
  processed: scene.sequencer.processed,
  waiting: scene.sequencer.waiting,
});

const withdrawnOf = ({ denials }: Scene): SignedDenial[] =>
  denials.filter(({ denial }) => denial.code === 'revoked').map(({ denial }) => denial);

let story: Story;
beforeEach(async () => {
  story = await tell();
});

describe('a deposit that vanished', () => {
  const vanished = { from: 1n, operations: [], upTo: [0n, 0n, 0n] };

  it('takes receipts from those alone who lived on it, and gives each a denial that names the receipt', async () => {
    const { scene, accepted } = story;
    const before = standing(scene.blocks);
    await withdraw(scene, vanished);
    await reExecuteAll(scene);
    const outcomes = outcomesOf(scene);
    for (const transaction of accepted.slice(0, -1)) expect(outcomes.has(hashOf(transaction))).toBe(true);
    const denials = withdrawnOf(scene);
    expect(denials.map(({ sender }) => sender)).toEqual([carol.address, carol.address]);
    for (const denial of denials) {
      const block = before.find(({ number }) => number === denial.withdrawn!.block)!;
      const item = block.items[denial.withdrawn!.index]!;
      expect(block.hash).toBe(denial.withdrawn!.blockHash);
      expect(item.kind === 'transaction' && bytesToBigInt(item.transaction.hash)).toBe(denial.transactionHash);
      expect([denial.batch, denial.timestamp]).toEqual([block.batch, BigInt(Math.floor(AT / 1000))]);
      expect(verifyDenial(denial, DENIAL_SIGNER.publicKey)).toBe(true);
      for (const change of [{ block: 99n }, { blockHash: 1n }, { index: 7 }]) {
        const forged = { ...denial, withdrawn: { ...denial.withdrawn!, ...change } };
        expect(verifyDenial(forged, DENIAL_SIGNER.publicKey)).toBe(false);
      }
      const { withdrawn: _, ...unnamed } = denial;
      expect(verifyDenial(unnamed, DENIAL_SIGNER.publicKey)).toBe(false);
    }
    expect(scene.sequencer.state.get(accountKey(carol.address))).toEqual({ hi: 0n, lo: 0n });
    expect(scene.sequencer.processed).toMatchObject({ index: 0n, roll: 0n });
  });

  it('keeps slots, timestamps and the order of what still holds', async () => {
    const { scene } = story;
    const before = standing(scene.blocks);
    const slots = scene.batches.map(({ slot }) => slot);
    await withdraw(scene, vanished);
    await reExecuteAll(scene);
    const after = standing(scene.blocks);
    expect(after.map(({ timestamp, batch }) => [timestamp, batch])).toEqual(
      before.map(({ timestamp, batch }) => [timestamp, batch]),
    );
    expect(scene.batches.slice(slots.length).map(({ slot }) => slot)).toEqual(slots);
    expect(scene.sequencer.openBatch?.number).toBe(3n);
    const senders = after.flatMap(({ items }) => items.map((i) => i.kind === 'transaction' && i.transaction.nonce));
    expect(senders).toEqual([0n, 1n, 0n, 2n, 3n]);
  });

  it('keeps every denial, in the batch it names, and never makes a receipt of one', async () => {
    const { scene, refused } = story;
    const before = scene.batches.map(({ denials }) => [...denials]);
    await withdraw(scene, vanished);
    await reExecuteAll(scene);
    const after = scene.batches.slice(2);
    for (const [i, { denials }] of after.entries()) {
      expect(denials.slice(0, before[i]!.length)).toEqual(before[i]);
      for (const denial of denials) expect(denial.batch).toBe(BigInt(i + 1));
    }
    expect(before[1]!.map(({ transactionHash }) => transactionHash)).toContain(hashOf(refused));
    const again = withdrawnOf(scene)[0]!.transactionHash;
    const transaction = story.accepted.find((t) => hashOf(t) === again)!;
    await expect(scene.submit(transaction)).rejects.toMatchObject({ code: 'SUBMIT_OUTCOME_DENIED' });
  });

  it('takes nothing new while it executes again, and goes on afterwards', async () => {
    const { scene } = story;
    await withdraw(scene, vanished);
    for (let steps = 0; scene.sequencer.isReExecuting && steps < 50; steps++) {
      await expect(scene.submit(transfer(bob, { nonce: 1n }))).rejects.toMatchObject({ code: 'SUBMIT_UNWINDING' });
      await expect(scene.sequencer.refuse(transfer(bob, { nonce: 1n }), 'x')).rejects.toMatchObject({
        code: 'SUBMIT_UNWINDING',
      });
      expect(await scene.sequencer.buildBlock()).toBe(false);
      await scene.sequencer.reExecute();
    }
    expect(await scene.sequencer.reExecute()).toBe(false);
    await scene.submit(transfer(bob, { nonce: 1n, to: alice.address }));
    await scene.submit(transfer(alice, { nonce: 4n }));
    expect(await scene.sequencer.buildBlock()).toBe(true);
    expect(scene.sequencer.waiting).toBe(0);
  });

  it('ends the same after a crash at any entry', async () => {
    const { scene } = story;
    await withdraw(scene, vanished);
    const from = scene.written.length;
    await reExecuteAll(scene);
    const wanted = shapeOf(scene);
    expect(shapeOf(replayStanding(scene.written, options))).toEqual(wanted);
    // Entries of one group are durable together: a crash falls between groups, which each end with a block, a denial or a close.
    let crashes = 0;
    for (let length = from; length <= scene.written.length; length++) {
      if (scene.written[length - 1]!.kind === 'batch-opened') continue;
      if (scene.written[length - 1]!.kind === 'denial' && length < scene.written.length) continue;
      const again = replayStanding(scene.written.slice(0, length), options);
      await reExecuteAll(again);
      expect(shapeOf(again), `${length} entries`).toEqual(wanted);
      expect([...scene.written.slice(0, length), ...again.written].map(bytesOf)).toEqual(scene.written.map(bytesOf));
      crashes += 1;
    }
    expect(crashes).toBeGreaterThan(5);
  });

  it('without the withdrawal in the log, nothing was taken back', async () => {
    const { scene } = story;
    const before = shapeOf(replayStanding(scene.written, options));
    const { length } = scene.written;
    await withdraw(scene, vanished);
    await reExecuteAll(scene);
    expect(shapeOf(replayStanding(scene.written.slice(0, length), options))).toEqual(before);
  });

  it('changes nothing when the withdrawal cannot be written', async () => {
    const { scene } = story;
    const before = shapeOf(scene);
    const release = scene.holdLog();
    const taking = withdraw(scene, vanished);
    release(new Error('disk full'));
    await expect(taking).rejects.toThrow('disk full');
    expect(scene.sequencer.isReExecuting).toBe(false);
    expect(shapeOf(scene)).toEqual(before);
  });
});

describe('a revoked policy', () => {
  const revoked = {
    from: 2n,
    operations: [deposit(1n, carol.address, 7n), setPolicy(2n, exits.root)],
    upTo: [3n, 3n],
    cause: 'revocation' as const,
  };

  it('leaves what was before it and denies the rest under the new root', async () => {
    const { scene } = story;
    const before = standing(scene.blocks).filter(({ batch }) => batch === 1n);
    await withdraw(scene, revoked);
    await reExecuteAll(scene);
    expect(standing(scene.blocks).slice(0, before.length)).toEqual(before);
    expect(scene.sequencer.policyRoot).toBe(exits.root);
    expect(scene.batches.at(-1)).toMatchObject({ number: 2n, policyRoot: exits.root, priorityIndex: 3n });
    expect(withdrawnOf(scene)).toHaveLength(4);
    for (const { ruleId, batch } of withdrawnOf(scene)) {
      expect(ruleId).not.toBe('');
      expect(batch).toBeGreaterThan(1n);
    }
    expect(outcomesOf(scene).size).toBe(story.accepted.length - 1);
    expect(shapeOf(replayStanding(scene.written, options))).toEqual(shapeOf(scene));
  });

  it('does not begin under a policy this node does not have, and stands in the log all the same', async () => {
    const { scene } = story;
    await withdraw(scene, { ...revoked, operations: [revoked.operations[0]!, setPolicy(2n, 77n)] });
    await expect(reExecuteAll(scene)).rejects.toMatchObject({ code: 'HALT_UNKNOWN_POLICY' });
    const again = replayStanding(scene.written, options);
    expect(again.sequencer.isReExecuting).toBe(true);
    await expect(reExecuteAll(again)).rejects.toMatchObject({ code: 'HALT_UNKNOWN_POLICY' });
  });

  it('can be withdrawn again, from further back or further on, when L1 changes once more', async () => {
    for (const [from, upTo, operations] of [
      [1n, [1n, 1n, 1n], [carolsDeposit]],
      [3n, [4n], [deposit(3n, bob.address, 1n)]],
    ] as const) {
      const { scene } = await tell();
      await withdraw(scene, revoked);
      await reExecuteAll(scene);
      await withdraw(scene, { from, operations, upTo: [...upTo] });
      const { length } = scene.written;
      await reExecuteAll(scene);
      const wanted = shapeOf(scene);
      expect(shapeOf(replayStanding(scene.written, options)), `from ${from}`).toEqual(wanted);
      const resumed = replayStanding(scene.written.slice(0, length), options);
      await reExecuteAll(resumed);
      expect(shapeOf(resumed)).toEqual(wanted);
      // What was denied stays denied, though the rules of old are back.
      expect(withdrawnOf(scene).length).toBeGreaterThanOrEqual(4);
    }
  });
});

describe('what is not a withdrawal', () => {
  const good = { from: 2n, operations: [] as PriorityOperation[], upTo: [1n, 1n] };

  it.each([
    ['operations for fewer batches', { ...good, upTo: [1n] }],
    ['operations for more batches', { ...good, upTo: [1n, 1n, 1n] }],
    ['operations that are given back', { ...good, upTo: [2n, 1n], operations: [deposit(1n, bob.address, 1n)] }],
  ])('%s: refused before it is written', async (_name, wrong) => {
    const { scene } = story;
    const { length } = scene.written;
    await expect(withdraw(scene, wrong)).rejects.toThrow();
    expect(scene.written).toHaveLength(length);
  });

  it.each([
    ['an operation is missing', { ...good, upTo: [2n, 2n] }],
    ['an operation of another index', { ...good, upTo: [2n, 2n], operations: [deposit(2n, bob.address, 1n)] }],
  ])('%s: nothing is executed', async (_name, wrong) => {
    const { scene } = story;
    await withdraw(scene, wrong);
    await expect(reExecuteAll(scene)).rejects.toThrow();
  });

  const edits: [string, (log: LogEntry[], at: number) => LogEntry[]][] = [
    [
      'another first batch',
      (log, at) => log.with(at, { ...(log[at] as never as { from: bigint }), from: 1n } as never),
    ],
    ['another slot', (log, at) => editAfter(log, at, 'batch-opened', (e) => ({ ...e, slot: 99_999_999n }))],
    ['another block', (log, at) => editAfter(log, at, 'block', (e) => ({ ...e, hash: 1n }))],
    ['a transaction of a withdrawn block that was denied', (log, at) => swapDeniedIn(log, at)],
    ['a batch too few', (log, at) => log.with(at, { ...log[at], upTo: [1n] } as never)],
  ];

  it.each(edits)('replay halts on %s', async (_name, edit) => {
    const { scene } = story;
    const at = scene.written.length;
    await withdraw(scene, { ...good, from: 2n });
    await reExecuteAll(scene);
    expect(() => replayStanding(scene.written, options)).not.toThrow();
    expect(() => replayStanding(edit([...scene.written], at), options)).toThrow(
      expect.objectContaining({ code: 'HALT_REPLAY_MISMATCH' }),
    );
  });

  it('is nothing that a withdrawal can be executed without', async () => {
    const { scene } = story;
    await withdraw(scene, good);
    await reExecuteAll(scene);
    const without = scene.written.filter(({ kind }) => kind !== 'withdrawn');
    expect(() => replayStanding(without, options)).toThrow(expect.objectContaining({ code: 'HALT_REPLAY_MISMATCH' }));
  });
});

describe('the digest of a denial that names a receipt', () => {
  it('is another digest than one that names none (docs/PROTOCOL.md 6)', () => {
    const denial = {
      chainId: 7n,
      transactionHash: 5n,
      sender: 1n,
      nonce: 2n,
      code: 'revoked' as const,
      batch: 3n,
      timestamp: 4n,
      ruleId: 'r',
      reason: 's',
      salt: 6n,
      withdrawn: { block: 8n, blockHash: 9n, index: 10 },
    };
    const be = (value: bigint | number, bytes: number) =>
      BigInt(value)
        .toString(16)
        .padStart(2 * bytes, '0');
    const detail = createHash('sha256')
      .update(Buffer.from(be(6, 32), 'hex'))
      .update('["r","s"]')
      .digest('hex');
    const text = Buffer.from('privity denial 2').toString('hex');
    const hex = `${text}${be(7, 8)}${be(5, 32)}${be(5, 8)}${be(3, 8)}${be(4, 8)}${detail}${be(8, 8)}${be(9, 32)}${be(10, 8)}`;
    expect(denialDigest(denial)).toBe(
      BigInt(`0x${createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex')}`),
    );
  });
});

describe('epochs', () => {
  const found = new Withdrawals([
    { sequence: 10, from: 5n },
    { sequence: 20, from: 7n },
    { sequence: 30, from: 3n },
  ]);

  it.each([
    [2n, undefined, 0],
    [3n, undefined, 3],
    [6n, undefined, 3],
    [6n, 25, 1],
    [7n, 25, 2],
    [7n, 20, 1],
    [7n, 10, 0],
  ])('batch %s before entry %s is of epoch %s', (batch, sequence, epoch) => {
    expect(found.epochOf(batch, sequence)).toBe(epoch);
  });

  it('a seal may come after the next batch has opened: its own number counts', () => {
    const isVoid = fatesOf(new Withdrawals([{ sequence: 9, from: 2n }]));
    const opened = (batch: bigint): LogEntry => ({ kind: 'batch-opened', batch, slot: batch, policyRoot: 1n });
    const sealed = (batch: bigint): LogEntry => ({
      kind: 'sealed',
      batch,
      stateRoot: 1n,
      auditRoot: 1n,
      denialRoot: 1n,
      dataHash: 1n,
    });
    expect(isVoid(1, opened(1n))).toBe(false);
    expect(isVoid(2, { kind: 'batch-closed', batch: 1n })).toBe(false);
    expect(isVoid(3, opened(2n))).toBe(true);
    expect(isVoid(4, sealed(1n))).toBe(false);
    expect(isVoid(5, { kind: 'batch-closed', batch: 2n })).toBe(true);
    expect(isVoid(8, sealed(2n))).toBe(true);
    expect(isVoid(10, opened(2n))).toBe(false);
    expect(isVoid(11, sealed(2n))).toBe(false);
  });
});

const bytesOf = (entry: LogEntry): string => {
  const { kind, payload } = encodeEntry(entry);
  expect(decodeEntry(kind, payload)).toEqual(entry);
  return `${kind} ${Buffer.from(payload).toString('hex')}`;
};

function editAfter<K extends LogEntry['kind']>(
  log: LogEntry[],
  at: number,
  kind: K,
  edit: (entry: Extract<LogEntry, { kind: K }>) => LogEntry,
): LogEntry[] {
  const found = log.findIndex((entry, i) => i > at && entry.kind === kind);
  return log.with(found, edit(log[found] as Extract<LogEntry, { kind: K }>));
}

/** Puts a transaction into a block of the new execution that the log has denied. */
function swapDeniedIn(log: LogEntry[], at: number): LogEntry[] {
  const denial = log.find((entry) => entry.kind === 'denial' && entry.denial.code === 'replaced');
  const hash = denial?.kind === 'denial' ? denial.denial.transactionHash : 0n;
  const found = log.findIndex((entry, i) => i > at && entry.kind === 'block' && entry.transactions.length > 0);
  const block = log[found] as Extract<LogEntry, { kind: 'block' }>;
  return log.with(found, { ...block, transactions: [hash, ...block.transactions.slice(1)] });
}
