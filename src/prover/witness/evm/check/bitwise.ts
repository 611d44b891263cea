/** `circuits/evm/src/bitwise.nr`: one row. */

import { LIMB } from '../../../../chain/word.ts';
import type { BitwiseInput } from '../word-inputs.ts';
import { BITWISE_FLAGS } from '../word-tables.ts';
import { request, type TableRow } from './bus.ts';
import { equals, fits, holds } from './constraint.ts';
import { flagged } from './flagged.ts';
import type { CheckedValues } from './values.ts';

export function checkBitwise(row: BitwiseInput, values: CheckedValues): TableRow {
  const op = flagged(BITWISE_FLAGS, row, 'bitwise');
  holds(op !== undefined || row.a + row.b + row.result === 0, 'bitwise: unused row');
  const { p_hi, p_lo, q_hi, q_lo } = row;
  for (const limb of [p_hi, p_lo, q_hi, q_lo]) holds(fits(limb, 128), 'bitwise: limb');
  holds(equals(p_hi, values.hi(row.a)), 'bitwise: high limb of the first operand');
  holds(equals(p_lo, values.lo(row.a)), 'bitwise: low limb of the first operand');
  const q = (limb: bigint): bigint => (row.not ? LIMB - 1n : limb);
  holds(equals(q_hi, q(values.hi(row.b))), 'bitwise: high limb of the second operand');
  holds(equals(q_lo, q(values.lo(row.b))), 'bitwise: low limb of the second operand');
  const joined = (a: bigint, b: bigint): bigint => (row.and ? a & b : row.or || op === undefined ? a | b : a ^ b);
  holds(equals(values.hi(row.result), joined(p_hi, q_hi)), 'bitwise: high limb');
  holds(equals(values.lo(row.result), joined(p_lo, q_lo)), 'bitwise: low limb');
  const key = op === undefined ? 0n : request(op, row.a, row.b, 0, 0n);
  return { used: op !== undefined, key, result: BigInt(row.result), cost: 0n, leap: 0n };
}
