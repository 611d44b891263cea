/**
 * The first slice of the zkEVM, measured (ADR 0015): the trace of an OpenZeppelin ERC-20 transfer, gates and opcodes of one more row of each
 * table, and what circuits of one, four and twelve transfers cost to compile and to solve. One line of JSON.
 *
 *   npm run bench:evm                (some five minutes on two loaded cores; gates do not depend on the machine)
 */

import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { EVM_PROFILE_SMALL, type EvmProfile } from '../../src/prover/witness/evm/evm-profile.ts';
import { evmProfileOf } from '../../src/prover/witness/evm/frame-witness.ts';
import { OP_INFO, TABLE } from '../../src/prover/witness/evm/opcodes.ts';
import { compileToken, tablesOf, traceTokenTransfer } from '../circuits/evm/support/token.ts';
import type { CircuitFigures } from './evm/measure-circuit.ts';

const ROWS_ADDED = 16;
const TRANSFERS = [1, 4, 12] as const;
/** Two more sizes of the step loop, to see that a step costs the same in each. */
const STEPS_ADDED = [64, 256] as const;

function measure(profile: EvmProfile, solve = false): CircuitFigures {
  const file = join(import.meta.dirname, 'evm/measure-circuit.ts');
  const { status, stderr } = spawnSync(process.execPath, [file, JSON.stringify({ profile, solve })], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const line = stderr.split('\n').findLast((text) => text.startsWith('{'));
  if (status !== 0 || line === undefined) throw new Error(stderr);
  return JSON.parse(line) as CircuitFigures;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const call = await traceTokenTransfer((await compileToken()).bytecode);
const { trace, code, result } = call;
const tables = tablesOf(call);
const profile = evmProfileOf(tables);
const tableNames = Object.fromEntries(Object.entries(TABLE).map(([name, table]) => [table, name.toLowerCase()]));
const steps: Record<string, number> = {};
for (const { opcode } of trace.steps) {
  const name = tableNames[OP_INFO[opcode]!.table]!;
  steps[name] = (steps[name] ?? 0) + 1;
}

const base = measure(EVM_PROFILE_SMALL);
const rows = Object.fromEntries(
  (Object.keys(EVM_PROFILE_SMALL) as (keyof EvmProfile)[]).map((table) => {
    const added = table === 'pages' ? 2 : ROWS_ADDED;
    const more = measure({ ...EVM_PROFILE_SMALL, [table]: EVM_PROFILE_SMALL[table] + added });
    return [
      table,
      { gates: round((more.gates - base.gates) / added), opcodes: round((more.opcodes - base.opcodes) / added) },
    ];
  }),
);
const linearity = STEPS_ADDED.map((added) => {
  const more = measure({ ...EVM_PROFILE_SMALL, steps: EVM_PROFILE_SMALL.steps + added });
  return { steps: EVM_PROFILE_SMALL.steps + added, gatesPerStep: round((more.gates - base.gates) / added) };
});

/** Not taken again by each transfer: the code, the cells of stack and memory, and half of the words. A table that is not named grows. */
const SHARED: ReadonlySet<keyof EvmProfile> = new Set([
  'stack',
  'memoryWords',
  'values',
  'pages',
  'pushInstructions',
  'plainInstructions',
] as const);
const tableKeys = Object.keys(profile) as (keyof EvmProfile)[];
const scaled = (transfers: number): EvmProfile => ({
  ...(Object.fromEntries(
    tableKeys.map((table) => [table, SHARED.has(table) ? profile[table] : profile[table] * transfers]),
  ) as unknown as EvmProfile),
  values: profile.values + (transfers - 1) * Math.ceil(profile.values / 2),
});
const circuits = TRANSFERS.map((transfers) => ({ transfers, ...measure(scaled(transfers), true) }));

console.log(
  JSON.stringify({
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, loadAtEnd: loadavg()[0] },
    transfer: {
      gasUsed: Number(result.gasUsed),
      codeBytes: code.length,
      instructions: trace.steps.length,
      steps: tables.steps.length,
      instructionsByTable: steps,
      profile,
    },
    rows,
    linearity,
    circuits,
  }),
);
