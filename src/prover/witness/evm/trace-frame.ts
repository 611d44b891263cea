/**
 * The tables of one frame from the engine's trace of it. The stack is kept as the circuit keeps it: cells of ids, with one below the bottom, and
 * what is above the top left as it was.
 */

import type { EvmStep } from '../../../execution/port.ts';
import { witnessError } from '../errors.ts';
import { arithmeticRow } from './arithmetic-row.ts';
import { inverseOrZero } from './field.ts';
import type { ArithmeticInput, BoundaryInput, FlowInput, GasInput } from './frame-inputs.ts';
import type { FrameStep, FrameTables } from './frame-tables.ts';
import { isKnown, OP, OP_INFO, type OpInfo, TABLE } from './opcodes.ts';
import { entryAt } from './positions.ts';
import { createProgramTable } from './program-table.ts';
import { limbSum, ValueTable } from './value-table.ts';

const BOTTOM = 1;

/** `trace` is all of a frame that calls no other and ends by itself: no exceptional halt. Throws WITNESS_TRACE on anything else. */
export function traceFrame(trace: readonly EvmStep[], code: Uint8Array): FrameTables {
  const [first] = trace;
  const end = trace.at(-1);
  if (first === undefined || end === undefined) throw witnessError('WITNESS_TRACE', 'no step');
  for (const { depth, opcode } of trace) {
    if (depth !== first.depth) throw witnessError('WITNESS_TRACE', 'more than one frame');
    if (!isKnown(opcode)) throw witnessError('WITNESS_TRACE', `opcode ${opcode}`);
  }
  const values = new ValueTable();
  const program = createProgramTable(
    code,
    trace.map(({ pc }) => pc),
    values,
  );
  const steps: FrameStep[] = [];
  const arithmetic: ArithmeticInput[] = [];
  const flow: FlowInput[] = [];
  const gas: GasInput[] = [];
  const boundary: BoundaryInput[] = [];
  const cells: number[] = [0];
  const cell = (at: number): number => cells[at] ?? 0;
  let top = BOTTOM;
  let highestCell = BOTTOM;
  let landing = false;

  /** Moves the stack by one step and gives the ids of what it read. */
  function advance(
    info: OpInfo,
    write: (a: number, b: number) => number,
    rest: Pick<FrameStep, 'instruction' | 'table' | 'row'>,
  ) {
    const [atA, atB] = [top - info.depthA, top - info.depthB];
    const [a, b] = [cell(atA), cell(atB)];
    top += info.delta;
    const to = top - info.pushes;
    const result = write(a, b);
    cells[atA] = info.swaps === 1 ? b : a;
    cells[to] = result;
    highestCell = Math.max(highestCell, to, atA);
    steps.push({ ...rest, a: atA, b: atB, to });
  }

  trace.forEach((step, i) => {
    const info = OP_INFO[step.opcode]!;
    const after = trace[i + 1];
    const cost = Number(step.cost) - info.gas;
    if (cost < 0) throw witnessError('WITNESS_TRACE', `opcode ${step.opcode} takes less than its static gas`);
    const at = top;
    for (let micro = 0; micro < info.args; micro++) {
      const instruction = program.instruction(step.pc, landing && micro === 0, micro);
      const write = (a: number, b: number): number => {
        boundary.push({ used: true, op: OP.ARGS, a, b, next: 0, result: 0, cost: 0 });
        return 0;
      };
      advance(OP_INFO[OP.ARGS]!, write, { instruction, table: TABLE.BOUNDARY, row: boundary.length });
    }
    const instruction = program.instruction(step.pc, landing, info.args);
    const next = entryAt(step.pc + 1 + info.immediate);
    landing = false;
    switch (info.table) {
      case TABLE.NONE: {
        const constant = info.immediate === 0 ? 0 : values.id(program.constant(step.pc));
        advance(info, (a) => constant + info.copies * a, { instruction, table: TABLE.NONE, row: 0 });
        break;
      }
      case TABLE.ARITHMETIC: {
        const row = arithmetic.length;
        const write = (a: number, b: number): number => {
          const [made, result] = arithmeticRow(step.opcode, a, b, values);
          arithmetic.push(made);
          return result;
        };
        advance(info, write, { instruction, table: TABLE.ARITHMETIC, row });
        break;
      }
      case TABLE.FLOW: {
        const row = flow.length;
        const write = (a: number, b: number): number => {
          const condition = limbSum(values.word(b));
          landing = step.opcode === OP.JUMP || condition !== 0n;
          flow.push({
            jump: step.opcode === OP.JUMP,
            jumpi: step.opcode === OP.JUMPI,
            a,
            b,
            next,
            inverse: inverseOrZero(condition),
          });
          return 0;
        };
        advance(info, write, { instruction, table: TABLE.FLOW, row });
        break;
      }
      case TABLE.GAS: {
        const row = gas.length;
        const write = (a: number, b: number): number => {
          const result = values.id(step.gas - step.cost);
          gas.push({ used: true, a, b, result });
          return result;
        };
        advance(info, write, { instruction, table: TABLE.GAS, row });
        break;
      }
      case TABLE.BOUNDARY: {
        const row = boundary.length;
        // What the trace says; tables of their own compute it.
        const traced = info.pushes === 1 && after !== undefined ? values.id(after.stack.at(-1)!) : 0;
        const write = (a: number, b: number): number => {
          boundary.push({ used: true, op: step.opcode, a, b, next: info.flows * next, result: traced, cost });
          return traced;
        };
        advance(info, write, { instruction, table: TABLE.BOUNDARY, row });
        break;
      }
    }
    assertFollows(step, after, at, top, cell(top - 1), values);
  });
  const { flows, table } = OP_INFO[end.opcode]!;
  if (flows === 0 || table === TABLE.FLOW) throw witnessError('WITNESS_TRACE', 'the frame does not end by itself');
  return {
    words: values.words,
    pages: program.pages,
    pushes: program.pushes,
    others: program.others,
    arithmetic,
    flow,
    gas,
    boundary,
    steps,
    top,
    highestCell,
    codeRoot: program.root,
    gasBefore: first.gas,
    gasAfter: end.gas - end.cost,
  };
}

/** Our own stack and gas against the EVM's: a disagreement is a defect here, found before a circuit finds it. */
function assertFollows(
  step: EvmStep,
  after: EvmStep | undefined,
  before: number,
  top: number,
  topId: number,
  values: ValueTable,
): void {
  const agrees =
    step.stack.length === before - BOTTOM &&
    (after === undefined ||
      (after.stack.length === top - BOTTOM &&
        after.gas === step.gas - step.cost &&
        (top === BOTTOM || after.stack.at(-1) === values.word(topId))));
  if (!agrees) throw witnessError('WITNESS_TRACE', `pc ${step.pc}: the trace does not follow from its instruction`);
}
