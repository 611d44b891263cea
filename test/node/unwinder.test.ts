/** G3, G7: when batches are taken back and when not, against an Ethereum that loses, delays, brings back and revokes. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PRIORITY_KIND } from '../../src/chain/constants.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import { rollPriority } from '../../src/chain/priority-operation.ts';
import { L1Moment } from '../../src/node/l1-moment.ts';
import { Unwinder } from '../../src/node/unwinder.ts';
import { createDenyAllButExits } from '../../src/policy/built-in.ts';
import { signerOf, transactionOf } from '../execution/support.ts';
import { alice, bob, configIn, found, type Life, openLife, SLOT, silent } from './node-life.ts';
import { reExecuteAll } from './unwinding-story.ts';

const root = mkdtempSync(join(tmpdir(), 'privity-unwinder-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

const exits = createDenyAllButExits().root;
const carol = signerOf(3);
const deposit = (index: bigint, to = carol, b = 5n): PriorityOperation => ({
  index,
  kind: PRIORITY_KIND.DEPOSIT_ETH,
  sender: 1n,
  a: to.address,
  b,
});
const setPolicy = (index: bigint, a: bigint): PriorityOperation => ({
  index,
  kind: PRIORITY_KIND.SET_POLICY_ROOT,
  sender: 1n,
  a,
  b: 0n,
});

/** What Ethereum says; tests change it. */
class FakeQueue {
  operations: PriorityOperation[] = [];
  revoked = new Map<bigint, bigint>();
  confirmedTime: bigint | undefined = 0n;
  newestTime = 0n;
  looks = 0;
  domain!: Life['genesis'];
  get confirmed() {
    return BigInt(this.operations.length);
  }
  from(index: bigint, limit: number) {
    return this.operations.slice(Number(index), Number(index) + limit);
  }
  rollAfter(count: bigint) {
    if (count > this.confirmed) return undefined;
    return this.operations.slice(0, Number(count)).reduce((roll, o) => rollPriority(roll, this.domain, o), 0n);
  }
  async revokedFrom(policyRoot: bigint) {
    return this.revoked.get(policyRoot);
  }
}

let queue: FakeQueue;
let life: Life;
let unwinder: Unwinder;
let events: string[];
const seconds = () => BigInt(Math.floor(life.clock.now() / 1000));

beforeEach(async () => {
  const config = configIn(join(root, String(folders++)));
  await found(config);
  queue = new FakeQueue();
  life = await openLife(config, { operationsFrom: () => queue.operations });
  queue.domain = life.genesis;
  queue.newestTime = seconds();
  events = [];
  unwinder = startUnwinder();
});

const startUnwinder = () =>
  new Unwinder(
    { operationsPerBatchMax: 256 },
    {
      pipeline: life.pipeline,
      watcher: queue,
      withoutProving: async (from, work) => {
        events.push(`proving stops from ${from}`);
        await work();
      },
      moment: new L1Moment(life.store),
      log: silent,
      onWithdrawn: (cause, batches) => events.push(`${cause} of ${batches}`),
    },
  );
afterEach(() => life.stop());

async function look(): Promise<boolean> {
  queue.looks += 1;
  await unwinder.learnRevocations();
  return unwinder.mayGoOn();
}

/** Batch 1 takes a deposit and a transfer, batch 2 another of each and is closed, batch 3 is open. */
async function threeBatches(): Promise<void> {
  const { sequencer } = life.pipeline;
  const pay = async (nonce: bigint) => {
    const { chainId } = life.genesis;
    await life.submit(transactionOf(alice, { nonce, to: bob.address, value: 1n, gasLimit: 21_000n, chainId }));
    await sequencer.buildBlock();
  };
  for (let nonce = 0n; nonce < 2n; nonce++) {
    queue.operations.push(deposit(nonce));
    await life.open();
    await pay(nonce);
    await life.close();
  }
  await life.open();
  await pay(2n);
  expect(await look()).toBe(true);
}

const withdrawn = () => events.filter((event) => !event.startsWith('proving'));

describe('operations that vanish', () => {
  it('halt at once, and are unwound when Ethereum has grown past the moment they were missed', async () => {
    await threeBatches();
    queue.newestTime = seconds();
    queue.operations = [deposit(0n)];
    expect(await look()).toBe(false);
    expect([unwinder.alarm, withdrawn()]).toEqual([1, []]);
    queue.confirmedTime = seconds() - 1n;
    expect(await look()).toBe(false);
    queue.confirmedTime = seconds() + 60n;
    expect(await look()).toBe(true);
    expect(events).toEqual(['proving stops from 2', 'reorg of 2']);
    expect(unwinder.alarm).toBe(2);
    await reExecuteAll(life);
    expect(await look()).toBe(true);
    expect([unwinder.alarm, life.pipeline.sequencer.processed.index]).toEqual([0, 1n]);
  });

  it('that come back in time change nothing', async () => {
    await threeBatches();
    const all = queue.operations;
    queue.operations = [];
    expect(await look()).toBe(false);
    queue.operations = all;
    queue.confirmedTime = seconds() + 60n;
    expect(await look()).toBe(true);
    expect([unwinder.alarm, events]).toEqual([0, []]);
  });

  it.each([
    ['behind', () => seconds() + 10_000_000n],
    ['ahead of', () => 1_000n],
  ])('are judged by Ethereum’s time, also by a machine whose clock is far %s it', async (_how, time) => {
    await threeBatches();
    const newest = time();
    queue.operations = [deposit(0n)];
    queue.newestTime = newest;
    for (const before of [24n, 12n, 0n]) {
      queue.confirmedTime = newest - before;
      expect(await look()).toBe(false);
    }
    expect(withdrawn()).toEqual([]);
    queue.newestTime = newest + 25n;
    queue.confirmedTime = newest + 1n;
    expect(await look()).toBe(true);
    expect(withdrawn()).toEqual(['reorg of 2']);
  });

  it('after a restart, too: an Ethereum node that lags behind what was seen before it is waited for', async () => {
    queue.newestTime = 5_024n;
    queue.confirmedTime = 5_000n;
    await threeBatches();
    const all = queue.operations;
    queue.operations = [];
    unwinder = startUnwinder();
    for (const confirmed of [100n, 4_000n, 5_000n]) {
      queue.newestTime = confirmed === 100n ? 124n : 5_024n;
      queue.confirmedTime = confirmed;
      expect(await look()).toBe(false);
    }
    queue.operations = all;
    queue.confirmedTime = 5_012n;
    expect(await look()).toBe(true);
    expect([unwinder.alarm, events]).toEqual([0, []]);
  });

  it('make batches that Ethereum may have already come again under a root that is revoked for no slot', async () => {
    await threeBatches();
    const policy = life.genesis.policyRoot;
    await life.pipeline.book.onAttempt({ kind: 'committed', batch: 2n }, `0x${'a1'.repeat(32)}`);
    queue.operations = [deposit(0n, bob), deposit(1n), setPolicy(2n, exits)];
    queue.revoked.set(policy, SLOT + 3n);
    expect(await look()).toBe(false);
    queue.confirmedTime = seconds() + 60n;
    expect(await look()).toBe(true);
    expect(withdrawn()).toEqual(['reorg of 3']);
    await reExecuteAll(life);
    const rootOf = async (batch: bigint) => (await life.pipeline.book.get(batch))?.stored.policyRoot;
    expect([await rootOf(1n), await rootOf(2n)]).toEqual([policy, exits]);
  });

  it('are not missed before the first look of a life, when nothing is known yet', async () => {
    await threeBatches();
    queue.operations = [];
    queue.confirmedTime = undefined;
    expect(await look()).toBe(true);
  });

  it('in another order: what comes instead is taken, deposits that wait with it, governance not before its time', async () => {
    await threeBatches();
    const other = deposit(0n, bob, 9n);
    queue.operations = [other, deposit(1n), deposit(2n), setPolicy(3n, exits), deposit(4n)];
    expect(await look()).toBe(false);
    queue.confirmedTime = seconds() + 60n;
    expect(await look()).toBe(true);
    expect(withdrawn()).toEqual(['reorg of 3']);
    await reExecuteAll(life);
    expect(life.pipeline.sequencer.processed).toEqual({ index: 3n, roll: queue.rollAfter(3n) });
    expect((await life.pipeline.book.get(1n))!.stored).toMatchObject({ priorityIndex: 3n, slot: SLOT + 1n });
    expect(life.pipeline.sequencer.policyRoot).not.toBe(exits);
  });

  it('of a final batch halt for good: nothing is written', async () => {
    await threeBatches();
    await life.pipeline.onCounts({ committed: 2n, proven: 2n, executed: 2n });
    const entries = life.store.log.lastSequence();
    queue.operations = [deposit(0n)];
    expect(await look()).toBe(false);
    queue.confirmedTime = seconds() + 60n;
    await expect(look()).rejects.toMatchObject({ code: 'HALT_FINAL_TOUCHED' });
    expect(life.store.log.lastSequence()).toBe(entries);
  });

  it('let nothing be sent before they were looked for: Ethereum takes a batch for other operations of the same number', async () => {
    const settles = () => unwinder.settle(new AbortController().signal, async () => true);
    expect(await settles()).toBe(false);
    queue.confirmedTime = undefined;
    await look();
    expect(await settles()).toBe(false);
    queue.confirmedTime = 0n;
    await look();
    expect(await settles()).toBe(true);
  });

  it('stop settlement, in the middle of a step too, until everything is executed again', async () => {
    await threeBatches();
    const never = new AbortController().signal;
    let interrupted = false;
    const step = unwinder.settle(never, async (stop) => {
      await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
      interrupted = true;
      return true;
    });
    queue.operations = [];
    expect(await look()).toBe(false);
    await step;
    expect(interrupted).toBe(true);
    const settles = () => unwinder.settle(never, async () => true);
    expect(await settles()).toBe(false);
    queue.confirmedTime = seconds() + 60n;
    expect(await look()).toBe(true);
    expect(await settles()).toBe(false);
    await reExecuteAll(life);
    expect(await settles()).toBe(true);
  });
});

describe('a revoked policy root', () => {
  const policy = () => life.genesis.policyRoot;

  it('takes back what lies in its slots and is not final, from the first such slot on', async () => {
    await threeBatches();
    queue.operations.push(setPolicy(2n, exits));
    queue.revoked.set(policy(), SLOT + 2n);
    expect(await look()).toBe(true);
    expect(withdrawn()).toEqual(['revocation of 2']);
    await reExecuteAll(life);
    expect((await life.pipeline.book.get(1n))!.stored.policyRoot).toBe(policy());
    expect((await life.pipeline.book.get(2n))!.stored).toMatchObject({ policyRoot: exits, priorityIndex: 3n });
    expect(await look()).toBe(true);
    expect(withdrawn()).toHaveLength(1);
  });

  it.each([
    ['a later slot', () => queue.revoked.set(policy(), SLOT + 4n)],
    ['another root', () => queue.revoked.set(77n, 0n)],
  ])('changes nothing when it is revoked for %s', async (_what, revoke) => {
    await threeBatches();
    queue.operations.push(setPolicy(2n, exits));
    revoke();
    expect(await look()).toBe(true);
    expect(events).toEqual([]);
  });

  it('leaves final batches alone, whatever their slot', async () => {
    await threeBatches();
    await life.pipeline.onCounts({ committed: 2n, proven: 2n, executed: 2n });
    queue.operations.push(setPolicy(2n, exits));
    queue.revoked.set(policy(), 0n);
    expect(await look()).toBe(true);
    expect(withdrawn()).toEqual(['revocation of 1']);
  });

  it('is planned when settlement has stopped: what its last step made final stays', async () => {
    await threeBatches();
    const { pipeline } = life;
    const step = unwinder.settle(new AbortController().signal, async (stop) => {
      await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
      await pipeline.onCounts({ committed: 2n, proven: 2n, executed: 2n });
      return true;
    });
    queue.operations.push(setPolicy(2n, exits));
    queue.revoked.set(policy(), SLOT + 2n);
    expect(await look()).toBe(true);
    await step;
    expect(withdrawn()).toEqual(['revocation of 1']);
    await reExecuteAll(life);
    expect((await pipeline.book.get(2n))!.stored.policyRoot).toBe(policy());
  });

  it('is not unlearned from an Ethereum node that lags, only from a younger block that does not have it', async () => {
    await threeBatches();
    queue.operations.push(setPolicy(2n, exits));
    queue.revoked.set(policy(), SLOT + 4n);
    queue.confirmedTime = 100n;
    expect(await look()).toBe(true);
    expect(unwinder.neededFor(SLOT + 4n)).toBe(3n);
    queue.revoked.clear();
    for (const time of [88n, 100n]) {
      queue.confirmedTime = time;
      await look();
      expect(unwinder.neededFor(SLOT + 4n)).toBe(3n);
    }
    queue.confirmedTime = 112n;
    await look();
    expect(unwinder.neededFor(SLOT + 4n)).toBe(2n);
  });

  it('is not looked for in batches while they are taken back', async () => {
    await threeBatches();
    const { pipeline } = life;
    let reads = 0;
    const read = pipeline.unfinalBatches;
    const withdraw = pipeline.withdraw;
    const learned: Promise<void>[] = [];
    Object.assign(pipeline, {
      unfinalBatches: () => {
        reads += 1;
        return read();
      },
      async withdraw(...request: Parameters<typeof withdraw>) {
        const before = reads;
        learned.push(unwinder.learnRevocations());
        await withdraw(...request);
        expect(reads).toBe(before);
      },
    });
    queue.operations.push(setPolicy(2n, exits));
    queue.revoked.set(policy(), SLOT + 2n);
    expect(await look()).toBe(true);
    await Promise.all(learned);
    expect([withdrawn(), learned.length]).toEqual([['revocation of 2'], 1]);
  });

  it('waits for the root that takes its place, and passes over one that is revoked as well', async () => {
    await threeBatches();
    queue.revoked.set(policy(), 0n);
    expect(await look()).toBe(false);
    queue.operations.push(setPolicy(2n, 77n));
    queue.revoked.set(77n, 0n);
    expect(await look()).toBe(false);
    expect(events).toEqual([]);
    queue.operations.push(setPolicy(3n, exits));
    expect(await look()).toBe(true);
    await reExecuteAll(life);
    expect(life.pipeline.sequencer).toMatchObject({ policyRoot: exits, processed: { index: 4n } });
  });

  it('opens no batch in its slots, however many operations stand before the change', async () => {
    await threeBatches();
    const before = Array.from({ length: 300 }, (_, i) => deposit(BigInt(i) + 2n));
    queue.operations.push(...before, setPolicy(302n, exits));
    queue.revoked.set(policy(), SLOT + 4n);
    expect(await look()).toBe(true);
    await life.close();
    const { sequencer } = life.pipeline;
    await sequencer.open(SLOT + 4n, unwinder.neededFor(SLOT + 4n));
    expect([sequencer.policyRoot, sequencer.processed.index]).toEqual([exits, 303n]);
    expect(await look()).toBe(true);
    expect(events).toEqual([]);
  });
});
