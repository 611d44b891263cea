/** `circuits/evm/src/arithmetic.nr`: one row. */

import { LIMB } from '../../../../chain/word.ts';
import { ARITHMETIC_FLAGS } from '../arithmetic-row.ts';
import type { ArithmeticInput } from '../frame-inputs.ts';
import { request, type TableRow } from './bus.ts';
import { equals, holds, isZero } from './constraint.ts';
import type { CheckedValues } from './values.ts';

const TOP_BIT = 1n << 127n;

export function checkArithmetic(row: ArithmeticInput, values: CheckedValues): TableRow {
  const flags = Object.keys(ARITHMETIC_FLAGS) as (keyof typeof ARITHMETIC_FLAGS)[];
  const set = flags.filter((flag) => row[flag]);
  holds(set.length <= 1, 'arithmetic: two operations in a row');
  const used = set.length === 1;
  const cells = row.a + row.b + row.p + row.q + row.d + Number(row.carry_lo) + Number(row.carry_hi);
  holds(used || cells === 0, 'arithmetic: unused row');

  const [b_hi, b_lo] = row.iszero ? [0n, 0n] : [values.hi(row.b), values.lo(row.b)];
  const signed = row.slt || row.sgt ? TOP_BIT * TOP_BIT : 0n;
  holds(equals(values.lo(row.p), values.lo(row.a)), 'arithmetic: low limb of the first operand');
  holds(equals(values.lo(row.q), b_lo), 'arithmetic: low limb of the second operand');
  const flipP = values.hi(row.p) - values.hi(row.a);
  const flipQ = values.hi(row.q) - b_hi;
  holds(equals(flipP * flipP, signed), 'arithmetic: high limb of the first operand');
  holds(equals(flipQ * flipQ, signed), 'arithmetic: high limb of the second operand');

  const [u, v] = row.gt || row.sgt ? [row.q, row.p] : [row.p, row.q];
  const [x, y, sum] = row.add ? [u, v, row.d] : [v, row.d, u];
  const carryLo = BigInt(row.carry_lo);
  const carryHi = BigInt(row.carry_hi);
  holds(equals(values.lo(x) + values.lo(y), values.lo(sum) + carryLo * LIMB), 'arithmetic: low limb');
  holds(equals(values.hi(x) + values.hi(y) + carryLo, values.hi(sum) + carryHi * LIMB), 'arithmetic: high limb');

  const zero = isZero(values.hi(row.d) + values.lo(row.d), row.inverse);
  const result = row.add || row.sub ? row.d : row.eq || row.iszero ? Number(zero) : used ? Number(row.carry_hi) : 0;
  const [op] = set;
  return {
    used,
    key: op === undefined ? 0n : request(ARITHMETIC_FLAGS[op], row.a, row.b, 0, 0n),
    result: BigInt(result),
    cost: 0n,
    leap: 0n,
  };
}
