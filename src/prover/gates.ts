/**
 * `npm run gates [-- --json] [-- --write]`: gates of each circuit, and what one more row of each table costs. Measured with the native
 * `bb gates`, never estimated; `circuits/gates.json` keeps the figures and a test holds circuits against it.
 */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findBb } from './backend/binary.ts';
import { CIRCUIT_SOURCES, type CircuitSource, compileCircuit } from './compile.ts';
import { PROFILES, type Profile } from './witness/profiles.ts';
import { TRANSACTION_ROWS, type TransactionKind } from './witness/transaction-rows.ts';

const run = promisify(execFile);

export const GATES_JSON = fileURLToPath(new URL('../../circuits/gates.json', import.meta.url));

export interface CircuitGates {
  readonly gates: number;
  readonly opcodes: number;
}

export interface GatesReport {
  readonly circuits: Readonly<Record<'segment_xs' | 'segment_m' | 'seal', CircuitGates>>;
  /** Gates of one more row, by table. */
  readonly rows: Readonly<Record<keyof Profile, number>>;
  /** Gates of one more such transaction in a segment that has the rows. */
  readonly marginal: Readonly<Record<TransactionKind, number>>;
  /** Gates of a full M segment divided by its transactions. */
  readonly perTransaction: { readonly transactions: number; readonly gates: number };
}

export interface GatesDeps {
  readonly cacheFolder: string;
}

export async function countGates(source: CircuitSource, { cacheFolder }: GatesDeps): Promise<CircuitGates> {
  const { circuit } = await compileCircuit(source, { cacheFolder });
  const folder = await mkdtemp(join(cacheFolder, 'gates-'));
  try {
    const path = join(folder, 'circuit.json');
    await writeFile(path, JSON.stringify(circuit));
    const { stdout } = await run(findBb(), ['gates', '-b', path], { maxBuffer: 2 ** 24 });
    const { functions } = JSON.parse(stdout) as { functions: { acir_opcodes: number; circuit_size: number }[] };
    return { gates: functions[0]!.circuit_size, opcodes: functions[0]!.acir_opcodes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One more row of each table, over profile XS with a few rows of everything. */
export async function measureRows(deps: GatesDeps): Promise<Record<keyof Profile, number>> {
  const tables = Object.keys(PROFILES.xs) as (keyof Profile)[];
  const base = (await countGates({ folder: 'segment', profile: PROFILES.xs }, deps)).gates;
  const rows = {} as Record<keyof Profile, number>;
  for (const table of tables) {
    const profile = { ...PROFILES.xs, [table]: PROFILES.xs[table] + ROWS_ADDED };
    const { gates } = await countGates({ folder: 'segment', profile }, deps);
    rows[table] = Math.round((gates - base) / ROWS_ADDED);
  }
  return rows;
}

const ROWS_ADDED = 2;

export async function measure(deps: GatesDeps): Promise<GatesReport> {
  const circuits = {
    segment_xs: await countGates(CIRCUIT_SOURCES.segment_xs, deps),
    segment_m: await countGates(CIRCUIT_SOURCES.segment_m, deps),
    seal: await countGates(CIRCUIT_SOURCES.seal, deps),
  };
  const rows = await measureRows(deps);
  const marginal = Object.fromEntries(
    Object.entries(TRANSACTION_ROWS).map(([kind, needed]) => [
      kind,
      Object.entries(needed).reduce((sum, [table, count]) => sum + count * rows[table as keyof Profile], 0),
    ]),
  ) as Record<TransactionKind, number>;
  const transactions = PROFILES.m.shortSignatures;
  return {
    circuits,
    rows,
    marginal,
    perTransaction: { transactions, gates: Math.round(circuits.segment_m.gates / transactions) },
  };
}

function print(report: GatesReport): void {
  console.log('circuit            gates    opcodes');
  for (const [name, { gates, opcodes }] of Object.entries(report.circuits)) {
    console.log(`${name.padEnd(12)}${String(gates).padStart(12)}${String(opcodes).padStart(11)}`);
  }
  console.log('\none more row of    gates');
  for (const [table, gates] of Object.entries(report.rows))
    console.log(`${table.padEnd(16)}${String(gates).padStart(8)}`);
  console.log('\none more           gates');
  for (const [kind, gates] of Object.entries(report.marginal))
    console.log(`${kind.padEnd(34)}${String(gates).padStart(8)}`);
  const { transactions, gates } = report.perTransaction;
  console.log(`\nfull M segment: ${transactions} transfers, ${gates} gates each`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const cacheFolder = fileURLToPath(new URL('../../node_modules/.cache/privity-circuits/', import.meta.url));
  const report = await measure({ cacheFolder });
  if (process.argv.includes('--write')) await writeFile(GATES_JSON, `${JSON.stringify(report, null, 2)}\n`);
  if (process.argv.includes('--json')) console.log(JSON.stringify(report));
  else print(report);
  const committed = JSON.parse(await readFile(GATES_JSON, 'utf8')) as GatesReport;
  if (JSON.stringify(committed) !== JSON.stringify(report)) {
    console.error('circuits/gates.json differs: npm run gates -- --write');
    process.exitCode = 1;
  }
}
