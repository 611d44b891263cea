/**
 * The tables of one frame from the engine's trace of it. The stack is kept as the circuit keeps it: cells of ids, with one below the bottom, and
 * what is above the top left as it was.
 */

import type { EvmStep } from '../../../execution/port.ts';
import { witnessError } from '../errors.ts';
import { arithmeticRow } from './arithmetic-row.ts';
import { createCopySource } from './data-bytes.ts';
import { inverseOrZero } from './field.ts';
import { contextNames, contextWords, type FrameContext } from './frame-context.ts';
import type {
  ArithmeticInput,
  BoundaryInput,
  CalldataInput,
  EnvironmentInput,
  FlowInput,
  GasInput,
} from './frame-inputs.ts';
import type { FrameStep, FrameTables } from './frame-tables.ts';
import { createMemoryTables } from './memory-tables.ts';
import { ENVIRONMENT_SLOT, isKnown, OP, OP_INFO, stepOp, TABLE, type Table } from './opcodes.ts';
import { entryAt } from './positions.ts';
import { createProgramTable } from './program-table.ts';
import { limbSum, ValueTable } from './value-table.ts';
import { WordTables } from './word-tables.ts';

const BOTTOM = 1;

/** Operands, 1 the top, that are sizes of memory which the instruction touches and no table knows yet: CODECOPY and EXTCODECOPY, CREATE, calls. */
const SIZES_UNKNOWN: Readonly<Record<number, readonly number[]>> = {
  57: [3],
  60: [4],
  240: [3],
  241: [5, 7],
  242: [5, 7],
  244: [4, 6],
  245: [3],
  250: [4, 6],
};

interface Request {
  readonly op: number;
  readonly a: number;
  readonly b: number;
  /** Position that follows in the code. */
  readonly next: number;
  readonly step: EvmStep;
  readonly after: EvmStep | undefined;
  /** Gas that no step before has taken, static gas apart. */
  readonly cost: number;
}

interface Answer {
  readonly row: number;
  readonly result: number;
  readonly cost?: number;
}

/** `trace` is all of a frame that calls no other and ends by itself: no exceptional halt. Throws WITNESS_TRACE on anything else. */
export function traceFrame(trace: readonly EvmStep[], code: Uint8Array, context: FrameContext): FrameTables {
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
  const calldata: CalldataInput[] = [];
  const environment: EnvironmentInput[] = [];
  const words = contextWords(context, code.length);
  const names = contextNames(words, context.data.length, values);
  const source = createCopySource(context.data);
  const memory = createMemoryTables(values, source);
  const wordTables = new WordTables(values);
  const ofWords = ({ op, a, b }: Request): Answer => wordTables.answer(op, a, b);
  const cells: number[] = [0];
  const cell = (at: number): number => cells[at] ?? 0;
  let top = BOTTOM;
  let highestCell = BOTTOM;
  let landing = false;

  const answers: Readonly<Record<Table, (request: Request) => Answer>> = {
    [TABLE.NONE]: () => ({ row: 0, result: 0 }),
    [TABLE.ARITHMETIC]({ op, a, b }) {
      const [row, result] = arithmeticRow(op, a, b, values);
      return { row: arithmetic.push(row) - 1, result };
    },
    [TABLE.FLOW]({ op, a, b, next }) {
      const condition = limbSum(values.word(b));
      const jump = op === OP.JUMP;
      landing = jump || condition !== 0n;
      const inverse = inverseOrZero(condition);
      return { row: flow.push({ jump, jumpi: !jump, a, b, next, inverse }) - 1, result: 0 };
    },
    [TABLE.GAS]({ a, b, step }) {
      const result = values.id(step.gas - step.cost);
      return { row: gas.push({ used: true, a, b, result }) - 1, result };
    },
    [TABLE.BOUNDARY]({ op, a, b, next, after, cost }) {
      const { pushes, flows } = OP_INFO[op]!;
      // What the trace says; tables of their own compute it.
      const result = pushes === 1 && after !== undefined ? values.id(after.stack.at(-1)!) : 0;
      const charged = op === OP.ARGS ? 0 : cost;
      const row = boundary.push({ used: true, op, a, b, next: flows * next, result, cost: charged }) - 1;
      return { row, result, cost: charged };
    },
    [TABLE.MEMORY]: ({ op, a, b, next }) => memory.request(op, a, b, next),
    [TABLE.CALLDATA]({ a, b }) {
      const index = source.clip(values.word(a));
      const result = values.id(source.window(index));
      return { row: calldata.push({ used: true, a, b, index, result }) - 1, result };
    },
    [TABLE.BITWISE]: ofWords,
    [TABLE.MULDIV]: ofWords,
    [TABLE.SIGNED]: ofWords,
    [TABLE.MODULAR]: ofWords,
    [TABLE.EXP]: ofWords,
    [TABLE.ENVIRONMENT]({ op, a, b, next, step }) {
      const pc = op === OP.PC;
      const slot = pc ? 0 : ENVIRONMENT_SLOT[op]!;
      const result = pc ? values.id(BigInt(step.pc)) : names[slot]!;
      const seen = OP_INFO[op]!.flows * next;
      return { row: environment.push({ used: true, pc, op, a, b, next: seen, slot, result }) - 1, result };
    },
  };

  /** One step: asks its table, moves the stack, and gives the gas beyond the static part. */
  function advance(
    { op, ...request }: Omit<Request, 'a' | 'b'>,
    constant: number,
    instruction: FrameStep['instruction'],
  ): number {
    const info = OP_INFO[op]!;
    const [atA, atB] = [top - info.depthA, top - info.depthB];
    const [a, b] = [cell(atA), cell(atB)];
    top += info.delta;
    const to = top - info.pushes;
    const { row, result, cost = 0 } = answers[info.table]({ op, a, b, ...request });
    cells[atA] = info.swaps === 1 ? b : a;
    cells[to] = constant + info.copies * a + result;
    highestCell = Math.max(highestCell, to, atA);
    steps.push({ instruction, table: info.table, row, a: atA, b: atB, to });
    return cost;
  }

  trace.forEach((step, i) => {
    const info = OP_INFO[step.opcode]!;
    const after = trace[i + 1];
    if (SIZES_UNKNOWN[step.opcode]?.some((depth) => (step.stack.at(-depth) ?? 0n) !== 0n) === true)
      throw witnessError('WITNESS_TRACE', `opcode ${step.opcode} touches memory`);
    let cost = Number(step.cost) - info.gas;
    const at = top;
    const landed = landing;
    landing = false;
    const next = entryAt(step.pc + 1 + info.immediate);
    const constant = info.immediate === 0 ? 0 : values.id(program.constant(step.pc));
    for (let micro = 0; micro <= info.args; micro++) {
      const instruction = program.instruction(step.pc, landed && micro === 0, micro);
      const last = micro === info.args;
      const op = stepOp(step.opcode, micro);
      cost -= advance({ op, next, step, after, cost }, last ? constant : 0, instruction);
    }
    if (cost !== 0)
      throw witnessError('WITNESS_TRACE', `opcode ${step.opcode} at ${step.pc}: other gas than its tables count`);
    assertFollows(step, after, at, top, cell(top - 1), values);
  });
  const { flows, table } = OP_INFO[end.opcode]!;
  if (flows === 0 || table === TABLE.FLOW) throw witnessError('WITNESS_TRACE', 'the frame does not end by itself');
  return {
    values: values.words,
    words: wordTables,
    pages: program.pages,
    pushes: program.pushes,
    others: program.others,
    arithmetic,
    flow,
    gas,
    boundary,
    memory: memory.rows(),
    data: context.data,
    context: words,
    memoryWords: memory.words(),
    returned: memory.returned(),
    calldata,
    names,
    environment,
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
