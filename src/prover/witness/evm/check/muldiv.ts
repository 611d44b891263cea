/** `circuits/evm/src/muldiv.nr`: one row. */

import type { MuldivInput } from '../word-inputs.ts';
import { MULDIV_FLAGS } from '../word-tables.ts';
import { request, type TableRow } from './bus.ts';
import { at, holds } from './constraint.ts';
import { FACT, fact, NO_FACT } from './facts.ts';
import { flagged } from './flagged.ts';

export function checkMuldiv(row: MuldivInput, facts: readonly bigint[]): TableRow {
  const op = flagged(MULDIV_FLAGS, row, 'muldiv');
  const { a, b, y, result, other } = row;
  holds(op !== undefined || a + b + y + result + other === 0, 'muldiv: unused row');
  const shifts = row.shl || row.shr;
  const word = shifts ? b : a;
  holds(shifts || y === b, 'muldiv: second operand');
  holds(at(facts, row.amount) === (shifts ? fact(FACT.SHIFT, a, y) : NO_FACT), 'muldiv: power of two');
  holds(at(facts, row.product) === productOf(row, word), 'muldiv: product');
  const key = op === undefined ? 0n : request(op, a, b, 0, 0n);
  return { used: op !== undefined, key, result: BigInt(result), cost: 0n, leap: 0n };
}

function productOf({ mul, div, modulo, shl, shr, y, result, other }: MuldivInput, word: number): bigint {
  if (mul || shl) return fact(FACT.PRODUCT, word, y, 0, other, result);
  if (div || shr) return fact(FACT.DIVISION, result, y, other, 0, word);
  return modulo ? fact(FACT.DIVISION, other, y, result, 0, word) : NO_FACT;
}
