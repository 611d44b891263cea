/**
 * How long the event loop stands still while the node builds a batch's witnesses and while it runs calls: in this thread, as it once did, and in
 * the threads it uses now.
 *
 *   npm run bench:loop [-- --transfers 1000 --calls 10]
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import { createSalts } from '../../src/chain/salts.ts';
import { createCallPool } from '../../src/execution/evm/call-pool.ts';
import { createEvmEngine } from '../../src/execution/evm/evm-engine.ts';
import { openPolicies } from '../../src/node/policies.ts';
import { buildLeaves } from '../../src/node/witness/build-leaves.ts';
import { createWitnessSource } from '../../src/node/witness-source.ts';
import type { BatchItem } from '../../src/prover/witness/port.ts';
import { blockOf, stateOf, transactionOf } from '../execution/support.ts';
import { alice, bob, configIn, found, openLife } from '../node/node-life.ts';

const { values } = parseArgs({
  options: { transfers: { type: 'string', default: '1000' }, calls: { type: 'string', default: '10' } },
});
const transfers = Number(values.transfers);
const calls = Number(values.calls);

async function measure(work: () => Promise<unknown>) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // It measures from one turn to the next, so it needs one before the work.
  await new Promise((done) => setTimeout(done, 50));
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  // The histogram hears of a long stop only at the turn after it.
  await new Promise((done) => setTimeout(done, 20));
  delay.disable();
  const ms = (nanoseconds: number) => Math.round(nanoseconds / 1e4) / 100;
  return {
    seconds: Math.round(seconds * 100) / 100,
    delayMs: { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) },
    rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
}

async function benchWitnesses() {
  const folder = mkdtempSync(join(tmpdir(), 'privity-bench-loop-'));
  const config = configIn(folder, {
    'chain.mempoolPerSenderMax': 1_000,
    'chain.nonceAheadMax': 1_000,
    'chain.provingBacklogMaxGates': Number.MAX_SAFE_INTEGER,
  });
  await found(config);
  const life = await openLife(config);
  const { pipeline, keys } = life;
  const { chainId } = life.genesis;
  await life.open();
  for (let nonce = 0; nonce < transfers; nonce++) {
    await life.submit(
      transactionOf(alice, { chainId, nonce: BigInt(nonce), to: bob.address, value: 1n, gasLimit: 21_000n }),
    );
    if (nonce % 100 === 99 || nonce === transfers - 1) await pipeline.sequencer.buildBlock();
  }
  while (pipeline.sequencer.waiting > 0) await pipeline.sequencer.buildBlock();
  await life.close();

  const { book } = openPolicies(config, keys.policySalt);
  const batch = await pipeline.facts(1n);
  const { stored, records } = (await pipeline.book.get(1n))!;
  const before = await pipeline.freshDigestAfter(0n);
  const items: BatchItem[] = [{ kind: 'begin', policyRoot: batch.policyRoot, slot: batch.slot }];
  for (let number = batch.firstBlock; number <= batch.lastBlock; number++) {
    const block = (await pipeline.index.block(number))!;
    if (number > batch.firstBlock) items.push({ kind: 'open', timestamp: block.timestamp });
    for (const item of block.items)
      if (item.kind === 'transaction') items.push({ kind: 'transaction', transaction: item.transaction });
  }
  const source = createWitnessSource({ pipeline, policies: book, keys });
  let leaves = 0;
  const inThread = await measure(async () => {
    leaves = (await source.leavesOf(1n)).length;
  });
  const oneLeaf = await measure(() => source.witnessOf(1n, 0));
  const here = await measure(() =>
    buildLeaves(
      {
        number: 1n,
        items,
        touched: batch.touched,
        ...records,
        ...stored,
        start: { ...before, ring: batch.ring, context: batch.context },
      },
      {
        policy: book.policy(batch.policyRoot)!,
        execution: book.executor(batch.policyRoot)!,
        salts: createSalts(keys.saltKey),
        random: () => 5n,
        listWitness: () => undefined,
        viewBefore: (wanted) => pipeline.tree.view(0n, wanted),
      },
    ),
  );
  await life.stop();
  rmSync(folder, { recursive: true, force: true });
  return { transfers, leaves, inThisThread: here, inItsThread: inThread, handingOutOneLeaf: oneLeaf };
}

async function benchCalls() {
  const options = { chainId: 7_107n, l1ChainId: 31_337n, callGasMax: 10_000_000n };
  const engine = await createEvmEngine({ ...options, systemViews: options }, { codes: { get: () => undefined } });
  const pool = createCallPool({ ...options, workers: 2, queueMax: 1_000, timeoutMs: 60_000 }, { clock: systemClock });
  const scene = { state: stateOf(), block: blockOf(), judge: () => ({ allow: true }) as const, close: () => undefined };
  // JUMPDEST PUSH0 JUMP: init code that uses all its gas.
  const request = { from: 1n, to: undefined, value: 0n, data: Uint8Array.of(0x5b, 0x5f, 0x56), gas: undefined };
  const short = { ...request, gas: 100_000n };
  await Promise.all([1, 2].map(() => pool.call(short, () => scene)));
  await engine.call(scene.state, scene.block, short, scene.judge);
  const all = (call: () => Promise<unknown>) => () => Promise.all(Array.from({ length: calls }, call));
  const here = await measure(all(() => engine.call(scene.state, scene.block, request, scene.judge)));
  const there = await measure(all(() => pool.call(request, () => scene)));
  await pool.close();
  return { calls, gasEach: Number(options.callGasMax), inThisThread: here, inThreads: there };
}

const machine = { cpu: cpus()[0]?.model, cores: cpus().length };
console.log(JSON.stringify({ machine, witnesses: await benchWitnesses(), calls: await benchCalls() }, undefined, 2));
