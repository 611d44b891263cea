/** `circuits/evm/src/amount.nr`: one row. */

import { LIMB } from '../../../../chain/word.ts';
import type { AmountInput } from '../word-inputs.ts';
import { equals, holds } from './constraint.ts';
import { FACT, fact, NO_FACT } from './facts.ts';
import type { CheckedValues } from './values.ts';

export function checkAmount(row: AmountInput, values: CheckedValues): bigint {
  const used = Number(row.shift) + Number(row.byte) + Number(row.extend);
  holds(used <= 1, 'amount: two kinds in a row');
  holds(used === 1 || row.amount + row.power + row.over + Number(row.carry) === 0, 'amount: unused row');
  const cap = row.shift ? 256 : row.byte ? 32 : row.extend ? 31 : 0;
  holds(row.over === 0 || row.capped === cap, 'amount: cut off below its cap');
  const carry = BigInt(row.carry);
  const low = BigInt(row.capped) + values.lo(row.over);
  holds(equals(values.lo(row.amount) + carry * LIMB, low), 'amount: low limb');
  holds(equals(values.hi(row.amount), carry + values.hi(row.over)), 'amount: high limb');

  const exponent = row.shift ? row.capped : row.byte ? 8 * row.capped : row.extend ? 248 - 8 * row.capped : 0;
  holds(row.bit < 128, 'index out of bounds');
  holds(exponent === row.bit + 128 * Number(row.high) + 256 * Number(row.none), 'amount: exponent');
  const limb = used === 1 && !row.none ? 1n << BigInt(row.bit) : 0n;
  holds(equals(values.hi(row.power), row.high ? limb : 0n), 'amount: high limb of the power');
  holds(equals(values.lo(row.power), row.high ? 0n : limb), 'amount: low limb of the power');
  if (used === 0) return NO_FACT;
  return fact(row.shift ? FACT.SHIFT : row.byte ? FACT.BYTE : FACT.EXTEND, row.amount, row.power);
}
