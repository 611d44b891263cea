/**
 * Speed and memory of the state tree: batches of half inserts and half updates into a large tree, through the public port, salts and leaf hashing
 * included. `npm run bench:tree -- [--json] [--write] [leaves [batch writes [batches]]]`; --write puts the figures where the README takes them from.
 */

import { cpus } from 'node:os';
import { Secret } from '../../src/base/secret.ts';
import {
  createHashEngine,
  createHashMemory,
  FR_BYTES,
  JOB_BYTES,
  RESERVED_BYTES,
  writeFr,
} from '../../src/chain/poseidon2/engine.ts';
import { p2 } from '../../src/chain/poseidon2.ts';
import { createMemoryRecords } from '../../src/state/batch-records.ts';
import type { StateWrite } from '../../src/state/port.ts';
import { createTree } from '../../src/state/tree.ts';
import { createRandom } from '../state/random.ts';
import { writeFigures } from './write-figures.ts';

const json = process.argv.includes('--json');
const [leaves = 1_000_000, batchWrites = 10_000, batches = 10] = process.argv
  .slice(2)
  .filter((word) => !word.startsWith('--'))
  .map(Number);
const HASH_THREADS = 2;
const LOAD_WRITES = 50_000;
const RECORDS_BYTES = 2 ** 26;

/** Per second, on this thread alone, after warm-up. */
function permutationsPerSecond(): { fast: number; single: number } {
  const jobs = 4_096;
  const place = createHashMemory(jobs * (JOB_BYTES + 2 * FR_BYTES));
  const engine = createHashEngine(place);
  const words = new Uint32Array(place.memory.buffer);
  const data = RESERVED_BYTES + jobs * JOB_BYTES;
  const random = createRandom(1);
  for (let i = 0; i < jobs; i++) {
    const cell = data + 2 * i * FR_BYTES;
    writeFr(place.memory, cell, random.fr());
    words.set([cell, cell, cell, cell + FR_BYTES], RESERVED_BYTES / 4 + 4 * i);
  }
  const run = () => engine.compress(RESERVED_BYTES, RESERVED_BYTES + jobs * JOB_BYTES, data);
  for (let i = 0; i < 20; i++) run();
  const rounds = 20;
  const start = performance.now();
  for (let i = 0; i < rounds; i++) run();
  const fast = (rounds * jobs) / ((performance.now() - start) / 1000);
  const singles = 20_000;
  const singleStart = performance.now();
  for (let i = 0; i < singles; i++) p2(1, BigInt(i), 2n, 3n);
  return { fast: Math.round(fast), single: Math.round(singles / ((performance.now() - singleStart) / 1000)) };
}

const random = createRandom(42);
const saltKey = new Secret(Uint8Array.from({ length: 32 }, (_, i) => i));
const hash = permutationsPerSecond();
// Of the bench itself, 32 bytes each, and not counted among the tree's.
const keys = new BigUint64Array(4 * (leaves + batches * batchWrites));
let keyCount = 0;
const keyAt = (i: number): bigint =>
  (keys[4 * i + 3]! << 192n) | (keys[4 * i + 2]! << 128n) | (keys[4 * i + 1]! << 64n) | keys[4 * i]!;
const fresh = (): StateWrite => {
  const key = random.fr() || 1n;
  for (let word = 0; word < 4; word++) keys[4 * keyCount + word] = key >> BigInt(64 * word);
  keyCount += 1;
  return { key, hi: random.bits(64), lo: random.bits(128) };
};

const rssBefore = process.memoryUsage.rss();
const tree = await createTree(
  { bytesMax: 2 ** 31, hashThreads: HASH_THREADS },
  { records: createMemoryRecords({ bytesMax: RECORDS_BYTES }) },
);

let batch = 0n;
const loadStart = performance.now();
while (keyCount + 1 < leaves) {
  const count = Math.min(LOAD_WRITES, leaves - 1 - keyCount);
  await tree.applyBatch({ batch, writes: Array.from({ length: count }, fresh), saltKey });
  batch += 1n;
}
const loadSeconds = (performance.now() - loadStart) / 1000;

const seconds: number[] = [];
let cpuMicros = 0;
let longestBlockMs = 0;
for (let i = 0; i < batches; i++) {
  const updated = new Set<bigint>();
  while (updated.size < batchWrites / 2) updated.add(keyAt(random.below(keyCount)));
  const updates = Array.from(updated, (key): StateWrite => ({ key, hi: random.bits(64), lo: random.bits(128) }));
  const inserts = Array.from({ length: batchWrites - updates.length }, fresh);
  const writes = updates.flatMap((write, j) => (inserts[j] === undefined ? [write] : [write, inserts[j]]));
  let last = performance.now();
  const watch = setInterval(() => {
    longestBlockMs = Math.max(longestBlockMs, performance.now() - last - 1);
    last = performance.now();
  }, 1);
  const start = performance.now();
  const cpu = process.cpuUsage();
  await tree.applyBatch({ batch, writes, saltKey });
  seconds.push((performance.now() - start) / 1000);
  const used = process.cpuUsage(cpu);
  cpuMicros += used.user + used.system;
  clearInterval(watch);
  batch += 1n;
}

const rss = process.memoryUsage.rss();
const viewStart = performance.now();
await tree.view(
  batch - 3n,
  Array.from({ length: 1_000 }, (_, i) => keyAt(i)),
);
const viewMs = performance.now() - viewStart;
const snapshotStart = performance.now();
let snapshotBytes = 0;
for await (const page of tree.snapshot()) snapshotBytes += page.length;
const snapshotMs = performance.now() - snapshotStart;
await tree.close();

const sorted = seconds.toSorted((a, b) => a - b);
const median = sorted[Math.floor(sorted.length / 2)]!;
const result = {
  bench: 'tree',
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  leaves: tree.nextIndex,
  batchWrites,
  batches,
  hashThreads: HASH_THREADS,
  leafWritesPerSecond: Math.round(batchWrites / median),
  // Processor time of all threads: what two free cores would give, whatever else ran meanwhile.
  leafWritesPerTwoCpuSeconds: Math.round((2e6 * batchWrites * batches) / cpuMicros),
  bestBatchMs: Math.round(sorted[0]! * 1000),
  medianBatchMs: Math.round(median * 1000),
  worstBatchMs: Math.round(sorted.at(-1)! * 1000),
  loadLeavesPerSecond: Math.round(leaves / loadSeconds),
  permutationsPerSecondOneThread: hash.fast,
  singleHashesPerSecond: hash.single,
  eventLoopLongestBlockMs: Math.round(longestBlockMs),
  viewOf1000KeysThreeBatchesBackMs: Math.round(viewMs),
  snapshotMs: Math.round(snapshotMs),
  snapshotMiB: Math.round(snapshotBytes / 2 ** 20),
  rssMiB: Math.round(rss / 2 ** 20),
  // Of the process, the bench's keys and the kept records taken out: what it holds of a leaf anywhere, garbage included.
  bytesPerLeaf: Math.round((rss - rssBefore - keys.byteLength - RECORDS_BYTES) / tree.nextIndex),
};
if (process.argv.includes('--write')) writeFigures('tree', result);
console.log(JSON.stringify(result, undefined, json ? 0 : 2));
