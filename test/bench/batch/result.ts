import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SettlementFacts } from '../../demo/settlement-facts.ts';
import { provingWorkers } from './bench-node.ts';
import type { Journal } from './journal.ts';

interface Machine {
  readonly cpu: string;
  readonly cores: number;
}

export interface BatchBenchResult {
  readonly machine: Machine & { readonly loadAtStart: number };
  readonly transfers: number;
  readonly segments: number;
  readonly proofs: number;
  readonly gates: { readonly total: number; readonly perTransfer: number };
  /** Names circuits and keys. */
  readonly proofSystemId: string;
  /** Proofs made at the same time. */
  readonly workers: number;
  /** Of jobs: a proof with its witness and its check, without the time in which the bench was stopped. */
  readonly seconds: Readonly<
    Record<string, { readonly proofs: number; readonly mean: number; readonly total: number }>
  >;
  readonly proofSeconds: number;
  /** Processor time of the provers by circuit, proofs that a kill ended included: what other work on the machine does not change. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  readonly proverMemoryMb: number;
  readonly l1Gas: Readonly<Record<'commit' | 'prove' | 'execute' | 'total' | 'perTransfer', number>>;
  /** On the clock, of the time in which the bench ran. */
  readonly sealToExecutedSeconds: number;
  /** From seal to execution. */
  readonly transfersProvenPerSecond: number;
  /** How often it was started until it was done. */
  readonly runs: number;
}

const keyFileSchema = z.object({
  proofSystemId: z.string(),
  circuits: z.array(z.object({ name: z.string(), gates: z.number() })),
  wrap: z.object({ gates: z.number() }),
});

/** Gates of each circuit, as committed with its key. */
export function readKeyFacts(): { proofSystemId: string; gates: ReadonlyMap<string, number> } {
  const path = join(import.meta.dirname, '../../../circuits/keys.json');
  const { proofSystemId, circuits, wrap } = keyFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const gates = new Map([...circuits.map(({ name, gates }) => [name, gates] as const), ['wrap', wrap.gates]]);
  return { proofSystemId, gates };
}

export function resultOf(
  { transfers }: { readonly transfers: number },
  journal: Journal,
  { gas, range }: Pick<SettlementFacts, 'gas' | 'range'>,
  machine: Machine,
): BatchBenchResult {
  const [began] = journal.all('began');
  if (began === undefined) throw new Error('the journal has no beginning');
  if (range.from !== range.to) throw new Error(`one proof covers batches ${range.from} to ${range.to}`);
  const proofs = journal.proofs();
  const byCircuit = Map.groupBy(proofs, ({ circuit }) => circuit);
  const segments = proofs.filter(({ circuit }) => circuit.startsWith('segment_')).length;
  // Segments and a seal, merged two by two, and a wrap.
  if (proofs.length !== 2 * (segments + 1))
    throw new Error(`${proofs.length} proofs were timed for ${segments} segments`);
  const { proofSystemId, gates } = readKeyFacts();
  const gatesTotal = sum(proofs.map(({ circuit }) => gates.get(circuit)!));
  const proofSeconds = sum(proofs.map(({ seconds }) => seconds));
  const meters = journal.meters();
  const settlingSeconds = sum(meters.map((meter) => meter.settlingSeconds));
  const gasTotal = gas.commit + gas.prove + gas.execute;
  return {
    machine: { ...machine, loadAtStart: round(began.load[0] ?? 0, 2) },
    proofSystemId,
    workers: provingWorkers,
    transfers,
    segments,
    proofs: proofs.length,
    gates: { total: gatesTotal, perTransfer: Math.round(gatesTotal / transfers) },
    seconds: Object.fromEntries(
      [...byCircuit].map(([circuit, made]) => {
        const total = sum(made.map(({ seconds }) => seconds));
        return [circuit, { proofs: made.length, mean: round(total / made.length, 1), total: round(total, 1) }];
      }),
    ),
    proofSeconds: round(proofSeconds, 1),
    cpuSeconds: sumBy(meters.map((meter) => meter.cpuSeconds)),
    proverMemoryMb: Math.round(Math.max(...meters.map((meter) => meter.proverBytesMax)) / 2 ** 20),
    l1Gas: { ...gas, total: gasTotal, perTransfer: Math.round(gasTotal / transfers) },
    sealToExecutedSeconds: round(settlingSeconds, 0),
    transfersProvenPerSecond: round(transfers / settlingSeconds, 3),
    runs: journal.all('began').length,
  };
}

function sumBy(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  return Object.fromEntries(
    [...names].map((name) => [name, round(sum(records.map((record) => record[name] ?? 0)), 0)]),
  );
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
