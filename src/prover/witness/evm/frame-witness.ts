/** Pads the tables of a frame to a profile: the inputs of the circuit. */

import { LIMB } from '../../../chain/word.ts';
import { witnessError } from '../errors.ts';
import { NO_ARITHMETIC } from './arithmetic-row.ts';
import { checkFrame } from './check/frame.ts';
import type { EvmProfile } from './evm-profile.ts';
import type { EvmInputs, StepInput } from './frame-inputs.ts';
import type { FrameStep, FrameTables } from './frame-tables.ts';
import { tableStarts } from './table-starts.ts';

/** The smallest profile that holds a frame. */
export function evmProfileOf(tables: FrameTables): EvmProfile {
  const atLeastOne = (rows: readonly unknown[]): number => Math.max(1, rows.length);
  return {
    steps: tables.steps.length,
    stack: tables.highestCell + 2,
    values: tables.words.length,
    pages: tables.pages.length,
    pushInstructions: atLeastOne(tables.pushes),
    plainInstructions: atLeastOne(tables.others),
    arithmetic: atLeastOne(tables.arithmetic),
    flow: atLeastOne(tables.flow),
    gas: atLeastOne(tables.gas),
    boundary: atLeastOne(tables.boundary),
  };
}

/** Throws WITNESS_CAPACITY with the table that is too small, and WITNESS_TRACE when what it made does not hold: a defect here. */
export function frameWitness(tables: FrameTables, profile: EvmProfile): EvmInputs {
  const needed = evmProfileOf(tables);
  for (const [table, rows] of Object.entries(needed)) {
    if (rows > profile[table as keyof EvmProfile])
      throw witnessError('WITNESS_CAPACITY', `${table}: ${rows} of ${profile[table as keyof EvmProfile]}`);
  }
  const starts = tableStarts(profile);
  const stepOf = ({ instruction, table, row, ...cells }: FrameStep): StepInput => ({
    ...cells,
    instruction: 1 + instruction.row + (instruction.push ? 0 : profile.pushInstructions),
    row: starts[table] + row,
  });
  const halted = { instruction: 0, a: tables.top - 1, b: tables.top - 1, to: tables.top, row: 0 };
  const words = padded(tables.words, profile.values, 0n);
  const [plain] = tables.others;
  // Every frame ends with an instruction that has no constant.
  if (plain === undefined) throw witnessError('WITNESS_TRACE', 'the frame does not end');
  const push = tables.pushes[0] ?? { instruction: plain, end_page: plain.page, constant: 0 };
  const inputs: EvmInputs = {
    frame: {
      values: { hi: words.map((word) => word / LIMB), lo: words.map((word) => word % LIMB) },
      pages: padded(tables.pages, profile.pages, tables.pages[0]!),
      pushes: padded(tables.pushes, profile.pushInstructions, push),
      others: padded(tables.others, profile.plainInstructions, plain),
      arithmetic: padded(tables.arithmetic, profile.arithmetic, NO_ARITHMETIC),
      flow: padded(tables.flow, profile.flow, { jump: false, jumpi: false, a: 0, b: 0, next: 0, inverse: 0n }),
      gas: padded(tables.gas, profile.gas, { used: false, a: 0, b: 0, result: 0 }),
      boundary: padded(tables.boundary, profile.boundary, {
        used: false,
        op: 0,
        a: 0,
        b: 0,
        next: 0,
        result: 0,
        cost: 0,
      }),
      steps: padded(tables.steps.map(stepOf), profile.steps, halted),
    },
    code_root: tables.codeRoot,
    gas_before: tables.gasBefore,
    gas_after: tables.gasAfter,
  };
  const broken = checkFrame(inputs, profile);
  if (broken !== undefined) throw witnessError('WITNESS_TRACE', broken);
  return inputs;
}

const padded = <T>(rows: readonly T[], length: number, padding: T): T[] => [
  ...rows,
  ...Array<T>(length - rows.length).fill(padding),
];
