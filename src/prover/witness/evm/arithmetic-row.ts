/** Rows of `circuits/evm/src/arithmetic.nr`: how one is made. */

import { inverseOrZero } from './field.ts';
import type { ArithmeticInput } from './frame-inputs.ts';
import { OP } from './opcodes.ts';
import { limbSum, type ValueTable } from './value-table.ts';

const TOP_BIT = 1n << 255n;
const END = 1n << 256n;
const LIMB_MASK = (1n << 128n) - 1n;

export const ARITHMETIC_FLAGS = {
  add: OP.ADD,
  sub: OP.SUB,
  lt: OP.LT,
  gt: OP.GT,
  slt: OP.SLT,
  sgt: OP.SGT,
  eq: OP.EQ,
  iszero: OP.ISZERO,
} as const;

export const NO_ARITHMETIC: ArithmeticInput = {
  add: false,
  sub: false,
  lt: false,
  gt: false,
  slt: false,
  sgt: false,
  eq: false,
  iszero: false,
  a: 0,
  b: 0,
  p: 0,
  q: 0,
  d: 0,
  carry_lo: false,
  carry_hi: false,
  inverse: 0n,
};

/** The row of `op` over the words with ids `a` and `b`, and the id of its result. */
export function arithmeticRow(op: number, a: number, b: number, values: ValueTable): [ArithmeticInput, number] {
  const flag = Object.entries(ARITHMETIC_FLAGS).find(([, code]) => code === op);
  if (flag === undefined) throw new RangeError(`no arithmetic: opcode ${op}`);
  const signed = op === OP.SLT || op === OP.SGT;
  const bias = signed ? TOP_BIT : 0n;
  const p = values.word(a) ^ bias;
  const q = op === OP.ISZERO ? 0n : values.word(b) ^ bias;
  const [u, v] = op === OP.GT || op === OP.SGT ? [q, p] : [p, q];
  const d = op === OP.ADD ? (u + v) % END : (u - v + END) % END;
  // ADD: u + v = d + carry; else v + d = u + carry.
  const [x, y] = op === OP.ADD ? [u, v] : [v, d];
  const carryLo = (x & LIMB_MASK) + (y & LIMB_MASK) > LIMB_MASK;
  const carryHi = x + y >= END;
  const id = values.id(d);
  const row: ArithmeticInput = {
    ...NO_ARITHMETIC,
    [flag[0]]: true,
    a,
    b,
    p: values.id(p),
    q: values.id(q),
    d: id,
    carry_lo: carryLo,
    carry_hi: carryHi,
    inverse: inverseOrZero(limbSum(d)),
  };
  if (op === OP.ADD || op === OP.SUB) return [row, id];
  return [row, Number(op === OP.EQ || op === OP.ISZERO ? d === 0n : carryHi)];
}
