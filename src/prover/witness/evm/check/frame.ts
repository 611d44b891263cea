/**
 * `circuits/evm/src/frame.nr` in TypeScript: the same constraints over the same inputs, a file for each table beside its Noir file. The two are
 * held against each other by mutants (test/circuits/evm). It is also the builder's last look at what it made.
 */

import type { EvmProfile } from '../evm-profile.ts';
import type { EvmInputs } from '../frame-inputs.ts';
import { TABLE } from '../opcodes.ts';
import { checkArithmetic } from './arithmetic.ts';
import { checkBoundary } from './boundary.ts';
import { createBus } from './bus.ts';
import { checkCode } from './code.ts';
import { fits, holds, Unsatisfied } from './constraint.ts';
import { checkFlow } from './flow.ts';
import { checkGas } from './gas.ts';
import { checkSteps } from './steps.ts';
import { checkValues } from './values.ts';

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

function assertFrame({ frame, code_root, gas_before, gas_after }: EvmInputs, profile: EvmProfile): void {
  holds(fits(gas_before, 64), 'frame: gas before');
  const values = checkValues(frame.values);
  const program = checkCode(frame, values, code_root);
  const tables = {
    arithmetic: frame.arithmetic.map((row) => checkArithmetic(row, values)),
    flow: frame.flow.map((row) => checkFlow(row, values)),
    gas: frame.gas.map((row) => checkGas(row, values)),
    boundary: frame.boundary.map(checkBoundary),
  };
  const bus = createBus(tables, profile);
  const { gas, pointers } = checkSteps(frame.steps, program, bus, gas_before, profile.stack);
  holds(fits(gas, 64), 'frame: out of gas');
  for (const [name, table] of Object.entries(TABLE)) {
    holds(pointers[table] === bus.starts[table] + bus.used[table], `${name.toLowerCase()}: rows left over`);
  }
  holds(gas === gas_after, 'frame: gas after');
}
