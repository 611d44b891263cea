/** `circuits/evm/src/exp.nr`: one row. */

import { OP } from '../opcodes.ts';
import type { ExpInput } from '../word-inputs.ts';
import { EXP_BYTE_GAS } from '../word-tables.ts';
import { request, type TableRow } from './bus.ts';
import { at, equals, fits, holds } from './constraint.ts';
import { FACT, fact, NO_FACT } from './facts.ts';
import type { CheckedValues } from './values.ts';

export function checkExp(row: ExpInput, values: CheckedValues, facts: readonly bigint[]): TableRow {
  const { used, a, b, result, bytes, some, bits, below, highest, remainder } = row;
  holds(used || (a + b + result === 0 && !some), 'exp: unused row');
  holds(at(facts, row.power) === (used ? fact(FACT.POWER, a, b, result) : NO_FACT), 'exp: power');
  holds(some || equals(values.lo(b) + values.hi(b), 0n), 'exp: exponent without a byte');
  holds(some || bytes + bits + below + highest + remainder === 0, 'exp: bytes of exponent 0');
  holds(equals(values.hi(bits), 0n), 'exp: high limb of the bits below');
  holds(equals(values.lo(bits), 8n * (BigInt(bytes) - BigInt(some))), 'exp: bits below the highest byte');
  holds(at(facts, row.amount) === (some ? fact(FACT.SHIFT, bits, below) : NO_FACT), 'exp: power of two');
  const division = some ? fact(FACT.DIVISION, highest, below, remainder, 0, b) : NO_FACT;
  holds(at(facts, row.division) === division, 'exp: highest byte');
  holds(equals(values.hi(highest), 0n), 'exp: high limb of the highest byte');
  holds(fits(values.lo(highest), 8) && fits(values.lo(highest) - BigInt(some), 8), 'exp: not a byte, or 0');
  const key = used ? request(OP.EXP, a, b, 0, 0n) : 0n;
  return { used, key, result: BigInt(result), cost: BigInt(EXP_BYTE_GAS) * BigInt(bytes), leap: 0n };
}
