/** Pages and instructions of one code, each once however often it runs. */

import { bytesToBigInt } from '../../../base/bytes.ts';
import { CODE_PAGE_BYTES, createCodeTree } from './code-pages.ts';
import type { CodePageInput, InstructionInput, PushInstructionInput } from './frame-inputs.ts';
import { isKnown, OP, OP_INFO, stepOp } from './opcodes.ts';
import type { ValueTable } from './value-table.ts';

export interface InstructionRef {
  readonly push: boolean;
  readonly row: number;
}

export interface ProgramTable {
  readonly root: bigint;
  readonly pages: readonly CodePageInput[];
  readonly pushes: readonly PushInstructionInput[];
  readonly others: readonly InstructionInput[];
  /** The row of one step of the instruction at `pc`, made when it is first asked for. */
  instruction(pc: number, landing: boolean, micro: number): InstructionRef;
  /** Of a PUSH. */
  constant(pc: number): bigint;
}

/** `positions` are all program counters that will be asked for: they decide which pages are opened. */
export function createProgramTable(code: Uint8Array, positions: readonly number[], values: ValueTable): ProgramTable {
  const tree = createCodeTree(code);
  const opcodeAt = (pc: number): number => code[pc] ?? OP.STOP;
  const lastByte = (pc: number): number => pc + OP_INFO[opcodeAt(pc)]!.immediate;
  const pageOf = (byte: number): number => Math.floor(byte / CODE_PAGE_BYTES);
  const touched = new Set(positions.flatMap((pc) => [pageOf(pc), pageOf(lastByte(pc))]));
  const indices = [...touched].sort((a, b) => a - b);
  const rowOf = new Map(indices.map((index, row) => [index, row]));
  const pushes: PushInstructionInput[] = [];
  const others: InstructionInput[] = [];
  const known = new Map<string, InstructionRef>();

  const constant = (pc: number): bigint => {
    const { immediate } = OP_INFO[opcodeAt(pc)]!;
    const bytes = new Uint8Array(immediate);
    bytes.set(code.subarray(pc + 1, pc + 1 + immediate));
    return bytesToBigInt(bytes);
  };

  function add(pc: number, landing: boolean, micro: number): InstructionRef {
    const raw = opcodeAt(pc);
    const { args, immediate } = OP_INFO[raw]!;
    const page = rowOf.get(pageOf(pc));
    if (page === undefined || !isKnown(raw)) throw new RangeError(`no instruction at ${pc}`);
    const last = micro === args;
    const instruction: InstructionInput = {
      page,
      byte: page * CODE_PAGE_BYTES + (pc % CODE_PAGE_BYTES),
      raw,
      op: stepOp(raw, micro),
      landing,
      first: micro === 0,
      last,
      left: BigInt(args - micro),
    };
    if (immediate === 0) return { push: false, row: others.push(instruction) - 1 };
    const end = rowOf.get(pageOf(lastByte(pc)))!;
    return {
      push: true,
      row: pushes.push({ instruction, end_page: end, constant: values.id(constant(pc)) }) - 1,
    };
  }

  return {
    root: tree.root,
    pages: indices.map((index) => ({ ...tree.page(index), index: BigInt(index), siblings: tree.siblings(index) })),
    pushes,
    others,
    constant,
    instruction(pc, landing, micro) {
      const key = `${pc} ${landing} ${micro}`;
      const found = known.get(key) ?? add(pc, landing, micro);
      known.set(key, found);
      return found;
    },
  };
}
