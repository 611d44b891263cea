/**
 * One full segment of profile M: seconds, gates, memory, transfers proven a second beside those accepted a second, and a small settlement
 * of it from seal to execution on Ethereum.
 *
 *   npm run bench:segment -- [--json] [--write] [--accepted PER_SECOND]        (some six minutes on two quiet cores)
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROFILES } from '../../src/prover/witness/profiles.ts';
import { endLeftovers } from '../demo/node-process.ts';
import { abortOnSignal } from './batch/abort-on-signal.ts';
import { openBenchNode } from './batch/bench-node.ts';
import { measureSegment } from './batch/measure-segment.ts';
import { readKeyFacts } from './batch/result.ts';
import { runBatchBench } from './batch/run-batch-bench.ts';
import { createRunningClock } from './batch/running-clock.ts';
import { openWorkFolder } from './batch/work-folder.ts';
import { writeFigures } from './write-figures.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    accepted: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const transfers = PROFILES.m.shortSignatures;
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, loadAtStart: loadavg()[0] };
const parent = mkdtempSync(join(tmpdir(), 'privity-bench-segment-'));
const options = { transfers, folder: join(parent, 'work'), batchIntervalSeconds: 30 };
try {
  const settled = await runBatchBench(options, (line) => console.error(line), abortOnSignal());
  const folder = await openWorkFolder(options);
  const clock = createRunningClock();
  const fail = (error: unknown): never => {
    throw error;
  };
  const node = await openBenchNode(folder, { clock, fail, report: () => undefined, onJob: () => undefined });
  const figures = await measureSegment(node, BigInt(folder.journal.all('submitted')[0]!.batch));
  await node.close();
  const seconds = figures.solveSeconds + figures.proveSeconds + figures.witnessSeconds;
  const row = {
    transfers,
    gates: readKeyFacts().gates.get('segment_m')!,
    ...figures,
    seconds: Math.round(seconds * 10) / 10,
    provenPerSecond: Math.round((transfers / seconds) * 1000) / 1000,
    /** Of the throughput bench in the same `npm run bench`; null when this one runs alone. */
    acceptedPerSecond: values.accepted === undefined ? null : Number(values.accepted),
    sealToExecutedSeconds: settled.sealToExecutedSeconds,
  };
  if (values.write) writeFigures('segment', { machine, ...row });
  if (values.json) console.log(JSON.stringify({ machine, ...row }));
  else {
    console.log(JSON.stringify(machine));
    console.table([row]);
  }
} finally {
  endLeftovers(join(options.folder, 'data'));
  rmSync(parent, { recursive: true, force: true });
}
process.exit(0);
