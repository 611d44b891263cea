/** G3, G7: batches taken back on real parts: store, tree, archives, audit. Whatever kills the node meanwhile, the next life ends in the same state. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesToBigInt } from '../../src/base/bytes.ts';
import { archiveName } from '../../src/node/archive.ts';
import { openCheckpointStore } from '../../src/node/checkpoint-store.ts';
import { replayStore } from '../../src/node/replay-store.ts';
import { withdrawalsFollowed } from '../../src/node/taken-back.ts';
import { firstPriorityOf } from '../../src/prover/jobs/prove-range.ts';
import { transactionOf } from '../execution/support.ts';
import { alice, bob, configIn, found, type Life, openLife, silent } from './node-life.ts';
import {
  balancesOf,
  OPERATIONS,
  operationsOfStory,
  REORG,
  REVOCATION,
  reExecuteAll,
  sealAll,
  tellStory,
} from './unwinding-story.ts';

const root = mkdtempSync(join(tmpdir(), 'privity-unwinding-'));
afterAll(() => rmSync(root, { recursive: true }));

const told = join(root, 'told');
let hashes: bigint[];
let copies = 0;

beforeAll(async () => {
  const config = configIn(told);
  await found(config);
  const life = await openLife(config, { operationsFrom: operationsOfStory });
  hashes = await tellStory(life);
  await life.stop();
}, 60_000);

function copy(): string {
  const folder = join(root, `copy-${copies++}`);
  cpSync(told, folder, { recursive: true });
  return folder;
}

const openCopy = (folder = copy()) => openLife(configIn(folder), { operations: OPERATIONS });

/** The one outcome of each hash: block number and index, code of its denial, or that it waits. */
const outcomesOf = ({ pipeline }: Life) =>
  Promise.all(
    hashes.map(async (hash) => {
      const outcome = await pipeline.sequencer.outcome(hash);
      if (outcome?.kind === 'included') return `${outcome.batch}/${outcome.block}/${outcome.index}`;
      return outcome?.kind === 'denied' ? outcome.denial.code : outcome?.kind;
    }),
  );

async function shapeOf(life: Life) {
  const { pipeline } = life;
  const headers = [];
  for (let number = 1n; number <= pipeline.index.head; number++)
    headers.push((await pipeline.index.header(number))?.hash);
  return {
    headers,
    outcomes: await outcomesOf(life),
    balances: balancesOf(life),
    treeRoot: pipeline.tree.root,
    stateRoots: await Promise.all([1n, 2n, 3n].map(async (n) => (await pipeline.book.get(n))?.stored.stateRoot)),
    processed: pipeline.sequencer.processed,
  };
}

async function verify(life: Life) {
  const { config, genesis, keys, store, clock } = life;
  return replayStore(config, { genesis, keys, store, clock, log: silent, onBatch: () => undefined });
}

describe.each([
  ['reorg', REORG],
  ['revocation', REVOCATION],
] as const)('a %s', (cause, request) => {
  it('ends with other roots, one outcome for each transaction, and a store that verifies', async () => {
    const life = await openCopy();
    const before = await shapeOf(life);
    expect(before.outcomes.slice(0, -1).every((outcome) => outcome?.includes('/'))).toBe(true);
    await life.pipeline.withdraw(request);
    await reExecuteAll(life);
    const after = await shapeOf(life);
    for (const [i, stateRoot] of after.stateRoots.entries()) {
      if (BigInt(i + 1) < request.from) expect(stateRoot).toBe(before.stateRoots[i]);
      else expect(stateRoot).not.toBe(before.stateRoots[i]);
    }
    expect(after.outcomes).toEqual(
      cause === 'reorg'
        ? ['1/2/0', '2/4/0', 'revoked', 'revoked', '3/6/0', '4/8/0', 'pending']
        : ['1/2/0', '2/4/0', '2/5/0', 'revoked', 'revoked', 'revoked', 'pending'],
    );
    await life.pipeline.index.flush();
    expect(await verify(life)).toMatchObject({ sealedBatches: 3n, withdrawals: 1, stateRoot: after.stateRoots[2] });
    expect(life.failures).toEqual([]);
    await life.stop();

    const again = await openCopy(life.config.dataDir);
    expect(await shapeOf(again)).toEqual(after);
    expect(await again.pipeline.tree.verify()).toBe(true);
    const stateRoot = await sealAll(again);
    expect(await verify(again)).toMatchObject({ sealedBatches: 4n, stateRoot });
    await again.stop();
  });

  it('shows no withdrawn block at any moment, from memory or from the store', async () => {
    const life = await openCopy();
    const { index, sequencer, book } = life.pipeline;
    const gone = [];
    const first = (await book.get(request.from))!.firstBlock;
    for (let number = first; number <= index.head; number++) gone.push((await index.block(number))!);
    let looks = 0;
    let done = false;
    const watching = (async () => {
      while (!done) {
        for (const { hash, number } of gone) {
          const head = index.head;
          const found = await index.blockByHash(hash);
          // What was asked for before the withdrawal may still be answered; nothing else.
          if (found !== undefined && life.pipeline.withdrawals + Number(sequencer.isReExecuting) > 0 && head < number) {
            throw new Error(`block ${number} is shown`);
          }
          looks += 1;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await life.pipeline.withdraw(request);
    for (const { hash, items } of gone) {
      expect(await index.blockByHash(hash)).toBeUndefined();
      for (const item of items) {
        if (item.kind === 'transaction') expect(await index.item(bytesToBigInt(item.transaction.hash))).toBeUndefined();
      }
    }
    expect(await outcomesOf(life)).toContain('pending');
    await reExecuteAll(life);
    done = true;
    await watching;
    expect(looks).toBeGreaterThan(0);
    for (const { hash } of gone) expect(await index.blockByHash(hash)).toBeUndefined();
    await life.stop();
  });

  it('keeps both in archives and audit, drops proofs and jobs of what is gone, keeps the others', async () => {
    const life = await openCopy();
    const { store } = life;
    const { from } = request;
    await store.transaction(async (writes) => {
      await writes.proofs.put('wrap/0-1', 1, Uint8Array.of(1));
      await writes.proofs.put('wrap/2-3', 3, Uint8Array.of(3));
    });
    const job = (id: string, batch: bigint) =>
      store.jobs.enqueue({ id, kind: 'segment', priority: firstPriorityOf(batch) + 2, payload: Uint8Array.of(0) });
    await job('kept', from - 1n);
    await job('dropped', from);
    await job('leased', 4n);
    const [kept, , leased] = [await lease(life), await lease(life), await lease(life)];
    const archives = await Promise.all([2n, 3n].map((n) => store.files.describe(archiveName(n, 0))));
    await life.pipeline.withdraw(request);
    await reExecuteAll(life);
    expect([kept?.id, leased?.id]).toEqual(['kept', 'leased']);
    expect(await Promise.all(['kept', 'dropped', 'leased'].map((id) => store.jobs.get(id)))).toMatchObject([
      { state: 'leased' },
      undefined,
      undefined,
    ]);
    await expect(store.jobs.complete(leased!, Uint8Array.of(1))).rejects.toMatchObject({ code: 'STORE_LEASE_LOST' });
    expect(await store.read.proofs.get('wrap/0-1')).toEqual(Uint8Array.of(1));
    expect(await store.read.proofs.get('wrap/2-3')).toBeUndefined();
    expect(await Promise.all([2n, 3n].map((n) => store.files.describe(archiveName(n, 0))))).toEqual(archives);
    expect(await store.files.describe(archiveName(3n, 1))).not.toEqual(archives[1]);
    await life.audit.flush();
    const rows = await store.read.audit.range(1, 100);
    const texts = rows.map(({ payload }) => Buffer.from(payload).toString());
    expect(texts.filter((text) => text.includes('batches.withdrawn') && text.includes(cause))).toHaveLength(1);
    expect(texts.filter((text) => text.includes('transaction.denied') && text.includes('revoked'))).not.toHaveLength(0);
    await life.stop();
  });
});

describe('after a start from a checkpoint', () => {
  it.each([
    ['behind it', 2n],
    ['before it', 4n],
  ] as const)('what is withdrawn may begin %s; no start finds a withdrawn checkpoint', async (_where, from) => {
    const folder = join(root, `checkpoints-${from}`);
    const config = configIn(folder);
    await found(config);
    const teller = await openLife(config, { operationsFrom: operationsOfStory, checkpoints: true });
    await tellStory(teller);
    await teller.stop();
    const life = await openLife(config, { operations: OPERATIONS, checkpoints: true });
    const request =
      from === 2n ? REORG : { ...REORG, from, upTo: [3n], operations: [{ ...REORG.operations[0]!, index: 2n }] };
    const before = await life.pipeline.facts(3n);
    await life.pipeline.withdraw(request);
    const { names } = await openCheckpointStore(life.store);
    expect(names.every(({ batch }) => batch < from)).toBe(true);
    expect(names.length > 0).toBe(from === 4n);
    await reExecuteAll(life);
    const shape = await shapeOf(life);
    expect(shape.headers.length).toBeGreaterThan(0);
    const after = await life.pipeline.facts(3n);
    expect(after.after.digest.prevStateRoot === before.after.digest.prevStateRoot).toBe(from === 4n);
    await life.stop();
    for (const checkpoints of [true, false]) {
      const again = await openLife(config, { operations: OPERATIONS, checkpoints });
      expect(await shapeOf(again), `checkpoints ${checkpoints}`).toEqual(shape);
      expect(await verify(again)).toMatchObject({ withdrawals: 1, sealedBatches: 3n });
      await again.stop();
    }
  });
});

it('denials between the last batch and the withdrawal are those of the batch to come, also for a start from a checkpoint', async () => {
  const config = configIn(join(root, 'denials-between'));
  await found(config);
  const life = await openLife(config, { operationsFrom: operationsOfStory });
  await tellStory(life);
  await life.close();
  const { chainId } = life.genesis;
  const fees = { maxFeePerGas: 1_000n, maxPriorityFeePerGas: 1_000n };
  await life.submit(
    transactionOf(alice, { nonce: 5n, to: bob.address, value: 2n, gasLimit: 21_000n, chainId, ...fees }),
  );
  await life.pipeline.withdraw(REORG);
  await reExecuteAll(life);
  await life.open();
  expect(life.pipeline.sequencer.openBatch!.denials.map(({ code }) => code)).toContain('replaced');
  await life.close();
  // As if it had died before it was written.
  await (await openCheckpointStore(life.store)).removeAfter(4n);
  await life.stop();
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
  for (const checkpoints of [true, false]) {
    const again = await openLife(config, { operations: OPERATIONS, checkpoints, log });
    expect(again.pipeline.book.latest).toBe(5n);
    await again.stop();
  }
  expect(warnings).toEqual([]);
});

const lease = ({ store }: Life) => store.jobs.lease('worker', ['segment'], 60_000);

describe('what is not withdrawn', () => {
  it.each([
    ['a batch that was executed on Ethereum', { ...REORG, from: 1n, upTo: [1n, 2n, 2n, 2n] }, 'only what is not final'],
    ['a batch that is not there', { ...REORG, from: 5n, upTo: [2n] }, 'only what is not final'],
    ['too few', { ...REORG, upTo: [2n, 2n] }, 'operations of each batch'],
  ])('%s: nothing is written, and the chain goes on', async (_what, request, reason) => {
    const life = await openCopy();
    await life.pipeline.onCounts({ committed: 1n, proven: 1n, executed: 1n });
    const before = await shapeOf(life);
    const entries = life.store.log.lastSequence();
    await expect(life.pipeline.withdraw(request)).rejects.toThrow(reason);
    expect(life.store.log.lastSequence()).toBe(entries);
    expect(await shapeOf(life)).toEqual(before);
    await life.pipeline.sequencer.buildBlock();
    await sealAll(life);
    await life.stop();
  });

  it('a batch that was executed once stays final, though Ethereum and a restart forget it', async () => {
    const life = await openCopy();
    await life.pipeline.onCounts({ committed: 2n, proven: 2n, executed: 2n });
    await life.pipeline.onCounts({ committed: 0n, proven: 0n, executed: 0n });
    await life.stop();
    const again = await openCopy(life.config.dataDir);
    expect(again.pipeline.book.final).toBe(2n);
    await expect(again.pipeline.withdraw(REORG)).rejects.toThrow('only what is not final');
    await again.stop();
  });
});

describe('kill -9 while unwinding', () => {
  const child = (folder: string, cause: string, dieAt: number, side: string) =>
    spawnSync(
      process.execPath,
      [fileURLToPath(new URL('unwinding-child.ts', import.meta.url)), folder, cause, String(dieAt), side],
      { encoding: 'utf8', timeout: 60_000 },
    );

  it.each([['reorg'], ['revocation']] as const)(
    '%s: every kill ends as no kill',
    { timeout: 900_000 },
    async (cause) => {
      const whole = copy();
      const ran = child(whole, cause, 0, 'before');
      expect(ran.stderr).toBe('');
      const touches = Number(/touches (\d+)/.exec(ran.stdout)?.[1]);
      expect(touches).toBeGreaterThan(8);
      const life = await openCopy(whole);
      const wanted = { ...(await shapeOf(life)), sealed: await sealAll(life) };
      await life.stop();
      let inTheMiddle = 0;
      // All of them take some minutes: PRIVITY_KILL_POINTS=all.
      const step = process.env['PRIVITY_KILL_POINTS'] === 'all' ? 1 : Math.ceil(touches / 4);
      const points: [number, string][] = [[1, 'before']];
      for (let at = 1; at <= touches; at += step) points.push([at, at % 2 === 0 ? 'before' : 'after']);
      for (const [at, side] of points) {
        const folder = copy();
        const killed = child(folder, cause, at, side);
        expect(killed.signal, `${cause} ${at}/${touches} ${side}: ${killed.stderr}`).toBe('SIGKILL');
        const next = await openCopy(folder);
        const isTaken = next.pipeline.withdrawals === 1;
        expect((await withdrawalsFollowed(next.store)).length).toBe(next.pipeline.withdrawals);
        if (next.pipeline.sequencer.isReExecuting) inTheMiddle += 1;
        if (!isTaken) await next.pipeline.withdraw(cause === 'reorg' ? REORG : REVOCATION);
        await reExecuteAll(next);
        expect({ ...(await shapeOf(next)), sealed: await sealAll(next) }, `${cause} ${at} ${side}`).toEqual(wanted);
        expect(await verify(next)).toMatchObject({ withdrawals: 1, sealedBatches: 4n, stateRoot: wanted.sealed });
        expect(next.failures).toEqual([]);
        await next.stop();
        rmSync(folder, { recursive: true });
      }
      expect(inTheMiddle).toBeGreaterThan(2);
      console.log(
        `${cause}: killed at ${points.length} of ${touches} points, ${inTheMiddle} times while executing again`,
      );
    },
  );
});
