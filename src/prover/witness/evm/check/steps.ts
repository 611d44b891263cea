/** `circuits/evm/src/steps.nr`: the step loop. */

import { toField } from '../field.ts';
import type { StepInput } from '../frame-inputs.ts';
import { TABLE, type Table } from '../opcodes.ts';
import { entryAt, HALT } from '../positions.ts';
import { type Bus, request } from './bus.ts';
import type { ProgramRow } from './code.ts';
import { at, equals, fits, holds, infoAt } from './constraint.ts';

const BOTTOM = 1;
const HEIGHT_MAX = 1024;
const HEIGHT_BITS = 11;

export interface RanSteps {
  readonly gas: bigint;
  readonly pointers: Readonly<Record<Table, number>>;
}

export function checkSteps(
  steps: readonly StepInput[],
  program: readonly ProgramRow[],
  bus: Bus,
  gasBefore: bigint,
  stackCells: number,
): RanSteps {
  const stack = Array<number>(stackCells).fill(0);
  const pointers = { ...bus.starts };
  let position = BigInt(entryAt(0));
  let top = BOTTOM;
  let gas = gasBefore;
  for (const step of steps) {
    const instruction = at(program, step.instruction);
    const info = infoAt(instruction.op);
    holds(equals(BigInt(instruction.at), position), 'step: not the instruction at this position');
    holds(step.a === top - info.depthA, 'step: cell A');
    holds(step.b === top - info.depthB, 'step: cell B');
    holds(fits(BigInt(top - BOTTOM - info.needs), HEIGHT_BITS), 'step: stack underflow');
    top += info.delta;
    holds(fits(BigInt(HEIGHT_MAX + BOTTOM - top), HEIGHT_BITS), 'step: stack overflow');
    holds(step.to === top - info.pushes, 'step: cell of the result');
    const a = at(stack, step.a);
    const b = at(stack, step.b);

    holds(step.row === pointers[info.table], 'step: row out of order');
    const uses = info.table !== TABLE.NONE;
    pointers[info.table] += uses ? 1 : 0;
    const row = at(bus.rows, step.row);
    gas -= BigInt(info.gas) + row.cost;
    const asked = uses ? request(instruction.op, a, b, instruction.seen, info.seesGas === 1 ? gas : 0n) : 0n;
    holds(equals(asked, row.key), 'step: row of another request');

    if (info.swaps === 1) stack[step.a] = b;
    at(stack, step.to);
    stack[step.to] = instruction.constant + info.copies * a + Number(row.result);
    position = toField(BigInt(instruction.next) + row.leap);
  }
  holds(position === BigInt(HALT), 'step: the frame has not ended');
  return { gas, pointers };
}
