/** `circuits/evm/src/sign.nr`: one row. */

import { LIMB } from '../../../../chain/word.ts';
import type { SignInput } from '../word-inputs.ts';
import { equals, fits, holds } from './constraint.ts';
import { FACT, fact, NO_FACT } from './facts.ts';
import type { CheckedValues } from './values.ts';

const TOP_BIT = 1n << 127n;

export function checkSign(row: SignInput, values: CheckedValues): bigint {
  const used = Number(row.magnitude) + Number(row.flip) + Number(row.negate);
  holds(used <= 1, 'sign: two kinds in a row');
  holds(used === 1 || (row.x + row.y === 0 && !row.negative), 'sign: unused row');
  holds(row.negative || !(row.carry_lo || row.carry_hi), 'sign: a carry without a sum');
  const [xLo, xHi] = [values.lo(row.x), values.hi(row.x)];
  const [yLo, yHi] = [values.lo(row.y), values.hi(row.y)];
  const [carryLo, carryHi] = [BigInt(row.carry_lo), BigInt(row.carry_hi)];
  const low = row.negative ? xLo + yLo + BigInt(row.flip) - carryLo * LIMB : yLo - xLo;
  const high = row.negative ? xHi + yHi + carryLo - carryHi * LIMB : yHi - xHi;
  holds(equals(low, 0n), 'sign: low limb');
  holds(equals(high, 0n), 'sign: high limb');
  holds(!(row.magnitude || row.flip) || fits(xHi - (row.negative ? TOP_BIT : 0n), 127), 'sign: not its sign');
  if (used === 0) return NO_FACT;
  const kind = row.magnitude ? FACT.MAGNITUDE : row.flip ? FACT.FLIP : FACT.NEGATE;
  return fact(kind, row.x, row.y, Number(row.negative));
}
