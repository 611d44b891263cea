/** What stops proving does not stop the chain: it is said aloud, and what goes on is bounded by the backlog. Anything else stops the node. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/base/assert.ts';
import { systemClock } from '../../src/base/clock.ts';
import type { PrivityError } from '../../src/base/errors.ts';
import type { Config } from '../../src/config/schema.ts';
import { createNodeProbe } from '../../src/node/doctor/node-probe.ts';
import { Proving } from '../../src/node/proving.ts';
import { proverError } from '../../src/prover/errors.ts';
import { firstPriorityOf } from '../../src/prover/jobs/prove-range.ts';
import type { Prover } from '../../src/prover/port.ts';
import { transactionOf } from '../execution/support.ts';
import { scriptedProver, scriptedSource } from '../prover/jobs/scripted-prover.ts';
import { alice, bob, configIn, found, type Life, openLife } from './node-life.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-proving-'));
const transactionsUntilBusy = 6;

describe('proving that cannot go on', () => {
  let config: Config;
  let life: Life;
  beforeAll(async () => {
    config = configIn(folder, {
      'chain.provingBacklogMaxGates': 180_000 * transactionsUntilBusy,
      'prover.attemptsMax': 1,
    });
    await found(config);
    life = await openLife(config);
    await life.open();
    await life.close();
  });
  afterAll(async () => {
    await life.stop();
    rmSync(folder, { recursive: true });
  });

  const proving = (prepare: () => Promise<Prover>, onHalted: (error: PrivityError) => void = () => undefined) =>
    new Proving(
      { batchesPerProof: 1n, workers: 2, leaseMs: 10_000, pollMs: 5, retryAfterMs: 1 },
      {
        store: life.store,
        book: life.pipeline.book,
        source: scriptedSource(1),
        clock: systemClock,
        prepare,
        onJob: () => undefined,
        onProgress: () => undefined,
        onProven: () => undefined,
        onHalted,
      },
    );
  const settles = async (running: Promise<void>): Promise<boolean> => {
    let settled = false;
    running.then(
      () => (settled = true),
      () => (settled = true),
    );
    await systemClock.sleep(50);
    return settled;
  };

  it.each(['KEYS_MISMATCH', 'STRING_HASH_MISMATCH', 'BACKEND_MISSING', 'PREPARE_FAILED'] as const)(
    'halts at %s, says so once and waits for the end',
    async (code) => {
      const told: string[] = [];
      const stop = new AbortController();
      const proves = proving(
        () => Promise.reject(proverError(code, 'wrap')),
        (error) => told.push(error.code),
      );
      const running = proves.run(stop.signal);
      expect(await settles(running)).toBe(false);
      expect([told, proves.halted?.code, proves.prover]).toEqual([[code], code, undefined]);
      stop.abort();
      await running;
    },
  );

  it('halts at a job that has failed too often, and takes no other job', async () => {
    const stop = new AbortController();
    let halted: PrivityError | undefined;
    const running = proving(
      async () => scriptedProver(() => Promise.reject(proverError('WITNESS_UNSATISFIED', 'segment'))),
      (error) => (halted = error),
    ).run(stop.signal);
    for (let i = 0; i < 1_000 && halted === undefined; i++) await systemClock.sleep(10);
    expect(halted?.code).toBe('JOB_POISONED');
    expect((await life.store.jobs.counts()).poisoned).toBeGreaterThan(0);
    stop.abort();
    await running;
  });

  it.each([
    ['a broken invariant', new InvariantError('batch 1 is witnessed as it was sealed')],
    ['batches that do not follow each other', proverError('RANGE_BROKEN', 'a gap before leaf 1')],
    ['a fault of its own', new TypeError('undefined is not a function')],
  ])('does not outlive %s', async (_what, error) => {
    const proves = proving(() => Promise.reject(error));
    await expect(proves.run(new AbortController().signal)).rejects.toBe(error);
    expect(proves.halted).toBeUndefined();
  });

  it('does not call an end that was asked for a halt', async () => {
    const stop = new AbortController();
    const proves = proving(async () => {
      stop.abort();
      throw proverError('BACKEND_FAILED', 'killed');
    });
    await proves.run(stop.signal).catch(() => undefined);
    expect(proves.halted).toBeUndefined();
  });

  it('leaves the chain to take transactions until the backlog is full, and to seal them', async () => {
    await life.open();
    const pay = (nonce: bigint) =>
      life.submit(
        transactionOf(alice, { nonce, to: bob.address, value: 1n, gasLimit: 21_000n, chainId: life.genesis.chainId }),
      );
    for (let nonce = 0n; nonce < transactionsUntilBusy; nonce++) await pay(nonce);
    await expect(pay(BigInt(transactionsUntilBusy))).rejects.toMatchObject({ code: 'SUBMIT_BUSY' });
    expect(await life.pipeline.sequencer.buildBlock()).toBe(true);
    await life.close();
    expect(life.pipeline.book.latest).toBe(2n);
    await life.open();
    await expect(pay(BigInt(transactionsUntilBusy))).rejects.toMatchObject({ code: 'SUBMIT_BUSY' });
  });

  it('stops for batches that are taken back, and proves those in their place', async () => {
    const stop = new AbortController();
    const calls: string[] = [];
    const prover = scriptedProver(async (what) => void calls.push(what));
    const proves = proving(async () => prover);
    const { store } = life;
    // What the tests before have poisoned.
    await store.jobs.removeFrom(0);
    const running = proves.run(stop.signal);
    const proofs = () => Promise.all(['wrap/0-1', 'wrap/1-2'].map((name) => store.read.proofs.get(name)));
    const until = async (done: () => Promise<boolean>) => {
      for (let i = 0; i < 1_000 && !(await done()); i++) await systemClock.sleep(10);
    };
    await until(async () => (await proofs()).every((proof) => proof !== undefined));
    const before = calls.length;
    await proves.withdraw(2n, async () => {
      await store.jobs.removeFrom(firstPriorityOf(2n));
      await store.transaction((writes) => writes.proofs.removeAbove(1));
      await systemClock.sleep(100);
      expect(calls).toHaveLength(before);
      expect((await proofs()).map((proof) => proof !== undefined)).toEqual([true, false]);
    });
    await until(async () => (await proofs())[1] !== undefined);
    expect((await proofs()).every((proof) => proof !== undefined)).toBe(true);
    expect(calls.slice(before).toSorted()).toEqual(['last merge', 'seal', 'segment_m', 'wrap']);
    await expect(proves.withdraw(1n, () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
    stop.abort();
    await running;
  });

  it.each([
    ['in doubt', { status: 'ready', checks: { proving: true, batchesStand: false } }, 'ill', /batchesStand/],
    ['well', { status: 'ready', checks: { l1: true, proving: true } }, 'well', /ready at/],
    ['halted', { status: 'ready', checks: { l1: true, proving: false } }, 'ill', /proving/],
    ['without Ethereum', { status: 'not ready', checks: { l1: false, proving: true } }, 'ill', /l1/],
  ] as const)('is seen by the doctor at a node that is %s', async (_how, body, state, text) => {
    const server = createServer((_request, response) => response.end(JSON.stringify(body)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const probe = createNodeProbe({ ...config, 'http.port': port }, { fetch });
    const finding = await probe.look(new AbortController().signal);
    expect(finding).toMatchObject({ state, text: expect.stringMatching(text) });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await probe.look(new AbortController().signal)).toEqual({ state: 'well', text: 'none' });
  });
});
