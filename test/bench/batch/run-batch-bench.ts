import { cpus, loadavg } from 'node:os';
import { decodeInnerProof } from '../../../src/prover/jobs/job-codec.ts';
import type { JobEvent } from '../../../src/prover/jobs/run-jobs.ts';
import { settlementFacts } from '../../demo/settlement-facts.ts';
import { type BenchNode, openBenchNode } from './bench-node.ts';
import { meterProvers } from './prover-meter.ts';
import { type BatchBenchResult, resultOf } from './result.ts';
import { createRunningClock } from './running-clock.ts';
import { awaitSlot, submitAll } from './submit.ts';
import { openWorkFolder, type WorkFolderOptions } from './work-folder.ts';

const meterEveryMs = 5_000;

/** Transfers into one batch, one proof of it, and Ethereum's word that it is executed. May be killed at any time and run again. */
export async function runBatchBench(
  options: WorkFolderOptions,
  say: (line: string) => void,
  interrupted?: AbortSignal,
): Promise<BatchBenchResult> {
  const folder = await openWorkFolder(options);
  const { journal, transfers } = folder;
  const life = journal.all('began').length;
  /** Run again on a finished folder, it only tells the result. */
  const finished = () => journal.all('executed').length > 0;
  if (!finished()) journal.add({ event: 'began', life, at: new Date().toISOString(), load: loadavg() });
  const clock = createRunningClock();
  const provers = meterProvers();
  const abort = new AbortController();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  interrupted?.addEventListener('abort', () => failed.reject(interrupted.reason), { once: true });
  let node: BenchNode | undefined;
  /** Where the time from seal to execution begins in this life. */
  let settlingSince = journal.all('submitted').length > 0 ? clock.now() : undefined;
  const meter = () =>
    journal.add({
      event: 'meter',
      life,
      settlingSeconds: settlingSince === undefined ? 0 : (clock.now() - settlingSince) / 1000,
      cpuSeconds: provers.cpuSeconds(),
      proverBytesMax: provers.bytesMax,
    });
  const metering = setInterval(() => finished() || meter(), meterEveryMs);

  let last = '';
  const report = (line: string): void => {
    if (line !== last) say(line);
    last = line;
  };
  const onJob = (event: JobEvent): void => {
    if (event.event === 'failed') {
      say(`${event.kind} failed (${event.next}): ${String(event.error)}`);
      return;
    }
    const seconds = event.milliseconds / 1000;
    circuitOf(node!, event).then((circuit) => {
      journal.add({ event: 'proof', id: event.id, circuit, seconds });
      say(`${circuit}: ${seconds.toFixed(1)} s`);
    }, failed.reject);
  };

  const opened = await openBenchNode(folder, { clock, report, onJob, fail: failed.reject });
  node = opened;
  const { pipeline, l1, foundation } = opened;
  if (journal.all('submitted').length === 0) await awaitSlot(transfers, folder.batchIntervalSeconds, clock);
  const loops = opened.run(abort.signal);
  loops.catch(failed.reject);

  const work = async (): Promise<BatchBenchResult> => {
    if (journal.all('submitted').length === 0) {
      say(`submitting ${transfers} transfers`);
      journal.add({ event: 'submitted', batch: Number(await submitAll(opened, transfers, clock)) });
    }
    const { batch } = journal.all('submitted')[0]!;
    while (pipeline.book.latest < BigInt(batch)) await clock.sleep(20);
    if (settlingSince === undefined) {
      settlingSince = clock.now();
      say(`batch ${batch} is sealed`);
    }
    while (pipeline.book.counts.executed < BigInt(batch)) await clock.sleep(100);
    if (!finished()) {
      meter();
      journal.add({ event: 'executed' });
    }
    const facts = await settlementFacts(l1.client, foundation.place.chain, batch);
    return resultOf(folder, journal, facts, { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length });
  };
  try {
    return await Promise.race([work(), failed.promise]);
  } finally {
    clearInterval(metering);
    abort.abort();
    await loops.catch(() => undefined);
    await opened.close();
    provers.close();
    clock.close();
  }
}

/** From the stored proof, which says of which circuit it is. */
async function circuitOf(node: BenchNode, { kind, id }: { kind: string; id: string }): Promise<string> {
  if (kind === 'wrap') return kind;
  const record = await node.store.jobs.get(id);
  if (record?.result === undefined) throw new Error(`job ${id} is done and has no proof`);
  return decodeInnerProof(record.result).circuit;
}
