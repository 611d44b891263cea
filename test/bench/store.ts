/**
 * How many transactions a second the store accepts durably, and what the derived tables cost beside it. Prints one JSON line.
 * Usage: node test/bench/store.ts [--rate N] [--seconds N] [--folder PATH]
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { createLocalKek } from '../../src/store/envelope/local-kek.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { StoredTransaction } from '../../src/store/port.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '10' },
    folder: { type: 'string' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'privity-bench-'));
const BLOCK_INTERVAL_MS = 200;

const store = await openStore(
  { folder, database: { kind: 'sqlite' } },
  {
    kek: createLocalKek(new Secret(randomBytes(32)), randomBytes),
    clock: systemClock,
    random: randomBytes,
    onWarning: (error) => console.error(error),
  },
);

const percentile = (sorted: readonly number[], share: number) =>
  Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2));

const latencies: number[] = [];
let accepted = 0;
let refused = 0;
let pending: StoredTransaction[] = [];
let blockNumber = 0;
let heapMax = 0;

const submit = () => {
  const started = performance.now();
  const hash = randomBytes(32);
  const raw = randomBytes(112);
  store.log.append([{ kind: 'tx', payload: raw }]).then(
    () => {
      latencies.push(performance.now() - started);
      accepted += 1;
      pending.push({ hash, payload: raw });
    },
    () => {
      refused += 1;
    },
  );
};

const sealBlock = async () => {
  const transactions = pending;
  pending = [];
  if (transactions.length === 0) return 0;
  blockNumber += 1;
  const started = performance.now();
  const block = { number: blockNumber, hash: randomBytes(32), batch: 1, payload: randomBytes(500), transactions };
  await store.log.append([{ kind: 'block', payload: block.payload }]);
  await store.transaction((writes) => writes.blocks.put([block]));
  return performance.now() - started;
};

const loop = monitorEventLoopDelay({ resolution: 5 });
loop.enable();
const cpuBefore = process.cpuUsage();
const begin = performance.now();
const blockTimes: number[] = [];
let sent = 0;
let nextBlock = begin + BLOCK_INTERVAL_MS;
let sealing: Promise<unknown> = Promise.resolve();
while (performance.now() - begin < seconds * 1000) {
  const due = Math.floor(((performance.now() - begin) / 1000) * rate);
  for (; sent < due; sent++) submit();
  if (performance.now() >= nextBlock) {
    nextBlock += BLOCK_INTERVAL_MS;
    sealing = sealing.then(sealBlock).then((ms) => blockTimes.push(ms));
  }
  heapMax = Math.max(heapMax, process.memoryUsage.rss());
  await new Promise((resolve) => setTimeout(resolve, 1));
}
await sealing;
const loopDelayMs = { p99: Number((loop.percentile(99) / 1e6).toFixed(1)), max: Number((loop.max / 1e6).toFixed(1)) };
const elapsed = (performance.now() - begin) / 1000;
const cpu = process.cpuUsage(cpuBefore);
await sealBlock();
latencies.sort((a, b) => a - b);
blockTimes.sort((a, b) => a - b);
const verifyStarted = performance.now();
const report = await store.verify();
const verifySeconds = (performance.now() - verifyStarted) / 1000;
await store.close();
if (values.folder === undefined) rmSync(folder, { recursive: true });

console.log(
  JSON.stringify({
    offeredPerSecond: rate,
    acceptedPerSecond: Math.round(accepted / elapsed),
    refused,
    appendMs: { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), max: percentile(latencies, 1) },
    blockWriteMs: { p50: percentile(blockTimes, 0.5), p99: percentile(blockTimes, 0.99) },
    entriesPerGroup: Number((report.logEntries / report.logGroups).toFixed(1)),
    cpuMicrosPerTransaction: Math.round((cpu.user + cpu.system) / Math.max(1, accepted)),
    eventLoopDelayMs: loopDelayMs,
    rssMaxMB: Math.round(heapMax / 1e6),
    verifySeconds: Number(verifySeconds.toFixed(2)),
  }),
);
