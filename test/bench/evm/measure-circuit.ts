/** A process of its own for one profile: compiles without a cache, counts gates, solves the transfer, and prints figures and peak memory. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Noir } from '@noir-lang/noir_js';
import { compileCircuit } from '../../../src/prover/compile.ts';
import { countGates } from '../../../src/prover/gates.ts';
import { type CircuitStruct, encodeInputs } from '../../../src/prover/witness/circuit-value.ts';
import type { EvmProfile } from '../../../src/prover/witness/evm/evm-profile.ts';
import { evmSource } from '../../../src/prover/witness/evm/evm-source.ts';
import { frameWitness } from '../../../src/prover/witness/evm/frame-witness.ts';
import { compileToken, tablesOf, traceTokenTransfer } from '../../circuits/evm/support/token.ts';
import { peakMb } from '../process-memory.ts';

export interface CircuitFigures {
  readonly gates: number;
  readonly opcodes: number;
  readonly compileSeconds: number;
  readonly compilePeakMb: number;
  /** Null when the transfer was not asked for. */
  readonly solveSeconds: number | null;
}

const { profile, solve } = JSON.parse(process.argv[2]!) as { profile: EvmProfile; solve: boolean };
const cacheFolder = mkdtempSync(join(tmpdir(), 'privity-bench-evm-'));
const seconds = (from: number): number => Math.round(performance.now() - from) / 1000;
try {
  const started = performance.now();
  const { circuit } = await compileCircuit(evmSource(profile), { cacheFolder });
  const compileSeconds = seconds(started);
  const compilePeakMb = peakMb(process.pid);
  const counted = await countGates(evmSource(profile), { cacheFolder });
  let solveSeconds: number | null = null;
  if (solve) {
    const tables = tablesOf(await traceTokenTransfer((await compileToken()).bytecode));
    const inputs = encodeInputs(frameWitness(tables, profile) as unknown as CircuitStruct);
    const noir = new Noir(circuit);
    await noir.execute(inputs);
    const again = performance.now();
    await noir.execute(inputs);
    solveSeconds = seconds(again);
  }
  const figures: CircuitFigures = { ...counted, compileSeconds, compilePeakMb, solveSeconds };
  process.stderr.write(`${JSON.stringify(figures)}\n`);
} finally {
  rmSync(cacheFolder, { recursive: true, force: true });
}
