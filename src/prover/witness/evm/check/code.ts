/** `circuits/evm/src/code.nr`: pages, instructions, and the columns that the step loop reads. */

import { bigIntToBytes, bytesToBigInt } from '../../../../base/bytes.ts';
import { node, p2 } from '../../../../chain/poseidon2.ts';
import { LIMB } from '../../../../chain/word.ts';
import { CODE_PAGE_BYTES, CODE_PAGE_TAG, CODE_TREE_DEPTH } from '../code-pages.ts';
import type { CodePageInput, FrameInput, InstructionInput, PushInstructionInput } from '../frame-inputs.ts';
import { OP } from '../opcodes.ts';
import { entryAt, HALT } from '../positions.ts';
import { at, equals, fits, holds, infoAt } from './constraint.ts';
import type { CheckedValues } from './values.ts';

export interface ProgramRow {
  readonly at: number;
  readonly next: number;
  readonly op: number;
  readonly constant: number;
  readonly seen: number;
}

interface Bytes {
  readonly bytes: readonly number[];
  readonly begins: readonly boolean[];
  readonly start: readonly number[];
}

export function checkCode(frame: FrameInput, values: CheckedValues, root: bigint): ProgramRow[] {
  for (const page of frame.pages) checkPage(page, root);
  const code: Bytes = {
    bytes: frame.pages.flatMap(({ words }) => words.flatMap((word) => [...bigIntToBytes(word, 31)])),
    begins: frame.pages.flatMap(({ begins }) =>
      Array.from({ length: CODE_PAGE_BYTES }, (_, i) => ((begins >> BigInt(i)) & 1n) === 1n),
    ),
    start: frame.pages.map(({ index }) => Number(index) * CODE_PAGE_BYTES),
  };
  return [
    { at: HALT, next: HALT, op: OP.HALTED, constant: 0, seen: 0 },
    ...frame.pushes.map((push) => {
      checkConstant(push, code, values);
      return checkInstruction(push.instruction, push.constant, code);
    }),
    ...frame.others.map((instruction) => {
      holds(infoAt(instruction.raw).immediate === 0, 'instruction: constant left out');
      return checkInstruction(instruction, 0, code);
    }),
  ];
}

function checkPage({ index, words, begins, siblings }: CodePageInput, root: bigint): void {
  holds(fits(index, CODE_TREE_DEPTH), 'code: page index');
  for (const bits of [...words, begins]) holds(fits(bits, CODE_PAGE_BYTES), 'code: word');
  const found = siblings.reduce(
    (below, sibling, height) => (((index >> BigInt(height)) & 1n) === 1n ? node(sibling, below) : node(below, sibling)),
    p2(CODE_PAGE_TAG, begins, ...words),
  );
  holds(found === root, 'code: page');
}

const inPage = (offset: number): boolean => offset >= 0 && offset < CODE_PAGE_BYTES;

function checkInstruction(it: InstructionInput, constant: number, code: Bytes): ProgramRow {
  holds(
    at(code.bytes, it.byte) === it.raw && at(code.begins, it.byte),
    'instruction: not at its place, or in the data of a PUSH',
  );
  const offset = it.byte - CODE_PAGE_BYTES * it.page;
  holds(inPage(offset), 'instruction: page');
  holds(!it.landing || it.raw === OP.JUMPDEST, 'instruction: landing that is no JUMPDEST');
  const { args, lead, immediate, flows } = infoAt(it.raw);
  holds(fits(it.left - (it.last ? 0n : 1n), 2) && fits(BigInt(args) - it.left, 2), 'instruction: steps left');
  const micro = args - Number(it.left);
  holds(!it.last || it.left === 0n, 'instruction: last step with others left');
  holds(!it.first || micro === 0, 'instruction: first step behind others');
  holds(it.first || micro > 0, 'instruction: first step');
  holds(it.op === (it.last ? it.raw : it.first ? lead : OP.ARGS), 'instruction: operation');
  const from = entryAt(at(code.start, it.page) + offset);
  const here = from + (it.landing ? 8 : 0) + micro;
  const next = it.last ? from + 16 * (1 + immediate) : here + 1;
  return { at: here, next, op: it.op, constant, seen: it.last && flows === 1 ? next : 0 };
}

function checkConstant(
  { instruction: it, end_page, constant }: PushInstructionInput,
  code: Bytes,
  values: CheckedValues,
) {
  const { immediate } = infoAt(it.raw);
  holds(immediate !== 0 || constant === 0, 'instruction: a constant that it does not have');
  const end = it.byte + 1 + immediate;
  holds(inPage(end - 1 - CODE_PAGE_BYTES * end_page), 'instruction: end of the constant');
  const apart = at(code.start, end_page) - at(code.start, it.page);
  holds(apart === (end_page - it.page) * CODE_PAGE_BYTES, 'instruction: constant cut off');
  const word = bytesToBigInt(Uint8Array.from(code.bytes.slice(it.byte + 1, end)));
  holds(equals(values.lo(constant), word % LIMB), 'instruction: low limb of the constant');
  holds(equals(values.hi(constant), word / LIMB), 'instruction: high limb of the constant');
}
