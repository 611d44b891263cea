/**
 * `circuits/evm/src/frame.nr` in TypeScript: the same constraints over the same inputs, a file for each table beside its Noir file. The two are
 * held against each other by mutants (test/circuits/evm). It is also the builder's last look at what it made.
 */

import type { EvmProfile } from '../evm-profile.ts';
import type { EvmInputs, MemoryInput } from '../frame-inputs.ts';
import { TABLE } from '../opcodes.ts';
import { checkAccesses, type KeyedRows } from './accesses.ts';
import { checkArithmetic } from './arithmetic.ts';
import { checkBoundary } from './boundary.ts';
import { countUsed, createBus } from './bus.ts';
import { type CheckedData, checkCalldata, checkData } from './calldata.ts';
import { checkCode } from './code.ts';
import { equals, fits, holds, Unsatisfied } from './constraint.ts';
import { checkCopies } from './copies.ts';
import { checkEnvironment, checkNames } from './environment.ts';
import { checkFlow } from './flow.ts';
import { checkGas } from './gas.ts';
import { checkMemory } from './memory.ts';
import { checkMerge } from './merges.ts';
import { checkSteps } from './steps.ts';
import { type CheckedValues, checkValues } from './values.ts';
import { checkWindow } from './windows.ts';
import { checkWords } from './words.ts';

/** The constraint that does not hold, or undefined. */
export function checkFrame(inputs: EvmInputs, profile: EvmProfile): string | undefined {
  try {
    assertFrame(inputs, profile);
    return undefined;
  } catch (error) {
    if (error instanceof Unsatisfied) return error.message;
    throw error;
  }
}

function assertFrame(inputs: EvmInputs, profile: EvmProfile): void {
  const { frame, code_root, gas_before, gas_after, context } = inputs;
  holds(fits(gas_before, 64), 'frame: gas before');
  const values = checkValues(frame.values);
  const program = checkCode(frame, values, code_root);
  const data = checkData(frame.data, values);
  const memory = checkFrameMemory(frame.memory, data, values, profile);
  checkNames(frame.names, context, frame.data.size, values);
  const tables = {
    arithmetic: frame.arithmetic.map((row) => checkArithmetic(row, values)),
    flow: frame.flow.map((row) => checkFlow(row, values)),
    gas: frame.gas.map((row) => checkGas(row, values)),
    boundary: frame.boundary.map(checkBoundary),
    memory: memory.rows,
    calldata: frame.calldata.map((row) => checkCalldata(row, data, values)),
    environment: frame.environment.map((row) => checkEnvironment(row, frame.names, values)),
    ...checkWords(frame.words, values),
  };
  const bus = createBus(tables, profile);
  const { gas, pointers } = checkSteps(frame.steps, program, bus, gas_before, profile.stack);
  holds(fits(gas, 64), 'frame: out of gas');
  for (const [name, table] of Object.entries(TABLE)) {
    holds(pointers[table] === bus.starts[table] + bus.used[table], `${name.toLowerCase()}: rows left over`);
  }
  holds(gas === gas_after, 'frame: gas after');
  holds(data.hash === inputs.data_hash, 'frame: other call data');
  holds(equals(memory.returned.reverted, inputs.reverted), 'frame: reverted or not');
  holds(equals(memory.returned.size, inputs.size), 'frame: size of what it returns');
  for (const { used, word } of frame.memory.output) holds(used || word === 0, 'output: unused word');
  holds(countUsed(frame.memory.output) === memory.returned.words, 'output: another number of words');
  frame.memory.output.forEach(({ word }, i) => {
    const { hi, lo } = inputs.output[i]!;
    holds(equals(values.hi(word), hi) && equals(values.lo(word), lo), 'frame: what it returns');
  });
}

function checkFrameMemory(memory: MemoryInput, data: CheckedData, values: CheckedValues, profile: EvmProfile) {
  const keyed = (keys: readonly bigint[], rows: readonly { readonly used: boolean }[]): KeyedRows => ({
    keys: [...keys, 0n],
    used: countUsed(rows),
  });
  const windowKeys = memory.windows.map((row) => checkWindow(row, values));
  const accesses = checkAccesses(memory.accesses, keyed(windowKeys, memory.windows), profile.memoryWords);
  const mergeKeys = memory.merges.map((row) => checkMerge(row, values));
  const merges = keyed(mergeKeys, memory.merges);
  const copies = checkCopies(memory.copies, { accesses, merges, output: memory.output, data, values });
  return checkMemory(memory.requests, accesses, copies, values);
}
