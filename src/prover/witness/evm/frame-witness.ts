/** Pads the tables of a frame to a profile: the inputs of the circuit. */

import { LIMB, toWord } from '../../../chain/word.ts';
import { witnessError } from '../errors.ts';
import { NO_ARITHMETIC } from './arithmetic-row.ts';
import { calldataHash, calldataWords } from './calldata-hash.ts';
import { checkFrame } from './check/frame.ts';
import { dataInput } from './data-bytes.ts';
import type { EvmProfile } from './evm-profile.ts';
import type { EvmInputs, StepInput, ValuesInput } from './frame-inputs.ts';
import type { FrameStep, FrameTables } from './frame-tables.ts';
import { NO_ACCESS, NO_COPY, NO_MERGE, NO_REQUEST, NO_WINDOW } from './memory-rows.ts';
import { padded } from './padded.ts';
import { tableStarts } from './table-starts.ts';
import { wordsInput } from './words-input.ts';

/** The smallest profile that holds a frame. */
export function evmProfileOf(tables: FrameTables): EvmProfile {
  const atLeastOne = (rows: readonly unknown[]): number => Math.max(1, rows.length);
  return {
    steps: tables.steps.length,
    stack: tables.highestCell + 2,
    values: tables.values.length,
    pages: tables.pages.length,
    pushInstructions: atLeastOne(tables.pushes),
    plainInstructions: atLeastOne(tables.others),
    arithmetic: atLeastOne(tables.arithmetic),
    flow: atLeastOne(tables.flow),
    gas: atLeastOne(tables.gas),
    boundary: atLeastOne(tables.boundary),
    memory: atLeastOne(tables.memory.requests),
    accesses: atLeastOne(tables.memory.accesses),
    windows: atLeastOne(tables.memory.windows),
    merges: atLeastOne(tables.memory.merges),
    copies: atLeastOne(tables.memory.copies),
    memoryWords: tables.memoryWords,
    output: atLeastOne(tables.memory.output),
    calldata: atLeastOne(tables.calldata),
    dataWords: Math.max(1, calldataWords(tables.data).length),
    environment: atLeastOne(tables.environment),
    products: atLeastOne(tables.words.products),
    amounts: atLeastOne(tables.words.amounts),
    signs: atLeastOne(tables.words.signs),
    powers: atLeastOne(tables.words.powers),
    bitwise: atLeastOne(tables.words.bitwise),
    muldiv: atLeastOne(tables.words.muldiv),
    signed: atLeastOne(tables.words.signed),
    modular: atLeastOne(tables.words.modular),
    exp: atLeastOne(tables.words.exp),
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
  const words = padded(tables.values, profile.values, 0n);
  const [plain] = tables.others;
  // Every frame ends with an instruction that has no constant.
  if (plain === undefined) throw witnessError('WITNESS_TRACE', 'the frame does not end');
  const push = tables.pushes[0] ?? { instruction: plain, end_page: plain.page, constant: 0 };
  const { requests, accesses, windows, copies, merges, output } = tables.memory;
  const inputs: EvmInputs = {
    frame: {
      values: limbs(words),
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
      memory: {
        requests: padded(requests, profile.memory, NO_REQUEST),
        accesses: padded(accesses, profile.accesses, NO_ACCESS),
        windows: padded(windows, profile.windows, NO_WINDOW),
        copies: padded(copies, profile.copies, NO_COPY),
        merges: padded(merges, profile.merges, NO_MERGE),
        output: padded(output, profile.output, { used: false, word: 0 }),
      },
      data: dataInput(tables.data, profile.dataWords),
      calldata: padded(tables.calldata, profile.calldata, { used: false, a: 0, b: 0, index: 0, result: 0 }),
      names: tables.names,
      environment: padded(tables.environment, profile.environment, {
        used: false,
        pc: false,
        op: 0,
        a: 0,
        b: 0,
        next: 0,
        slot: 0,
        result: 0,
      }),
      words: wordsInput(tables.words, profile),
      steps: padded(tables.steps.map(stepOf), profile.steps, halted),
    },
    code_root: tables.codeRoot,
    gas_before: tables.gasBefore,
    gas_after: tables.gasAfter,
    context: limbs(tables.context),
    data_hash: calldataHash(BigInt(tables.data.length), calldataWords(tables.data)),
    reverted: BigInt(tables.returned.reverted),
    size: BigInt(tables.returned.size),
    output: padded(output, profile.output, { used: false, word: 0 }).map(({ word }) => toWord(words[word]!)),
  };
  const broken = checkFrame(inputs, profile);
  if (broken !== undefined) throw witnessError('WITNESS_TRACE', broken);
  return inputs;
}

const limbs = (words: readonly bigint[]): ValuesInput => ({
  hi: words.map((word) => word / LIMB),
  lo: words.map((word) => word % LIMB),
});
