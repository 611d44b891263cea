/** `circuits/evm/src/product.nr`: one row. */

import { LIMB } from '../../../../chain/word.ts';
import { inverseOrZero, toField } from '../field.ts';
import type { ProductInput } from '../word-inputs.ts';
import { equals, fits, holds } from './constraint.ts';
import { FACT, fact, NO_FACT } from './facts.ts';
import type { CheckedValues } from './values.ts';

const HALF = 1n << 64n;
const PER_LIMB = inverseOrZero(LIMB);
const PER_HALF = inverseOrZero(HALF);

function above(bits: number, value: bigint, low: bigint): bigint {
  const rest = toField((value - low) * PER_HALF);
  holds(fits(low, 64) && fits(rest, bits), 'product: cut at 64 bits');
  return rest;
}

function carryOf(sum: bigint, limb: bigint): bigint {
  const carry = toField((sum - limb) * PER_LIMB);
  holds(fits(carry, 66), 'product: limb');
  return carry;
}

export function checkProduct(row: ProductInput, values: CheckedValues): bigint {
  const kinds = [row.plain, row.reduced, row.zero].filter(Boolean).length;
  holds(kinds <= 1, 'product: two kinds in a row');
  holds(kinds === 1 || row.x + row.y + row.c + row.h + row.d === 0, 'product: unused row');
  const [xLo, xHi] = [values.lo(row.x), values.hi(row.x)];
  const { y0, y2 } = row;
  const y1 = above(64, values.lo(row.y), y0);
  const y3 = above(64, values.hi(row.y), y2);
  const kept = (limb: bigint): bigint => (row.zero ? 0n : limb);

  const rest0 = above(129, xLo * y1, row.v0);
  const carry0 = rest0 + carryOf(xLo * y0 + HALF * row.v0 + values.lo(row.c), kept(values.lo(row.d)));
  const rest1 = above(129, xLo * y3 + xHi * y1, row.v1);
  const sum1 = xLo * y2 + xHi * y0 + HALF * row.v1 + values.hi(row.c) + carry0;
  const carry1 = rest1 + carryOf(sum1, kept(values.hi(row.d)));
  const rest2 = above(129, xHi * y3, row.v2);
  const carry2 = rest2 + carryOf(xHi * y2 + HALF * row.v2 + carry1, kept(values.lo(row.h)));
  holds(equals(carry2, kept(values.hi(row.h))), 'product: highest limb');

  const carry = BigInt(row.carry);
  holds(row.reduced || (row.w === 0 && !row.carry), 'product: a difference that is not asked for');
  const low = values.lo(row.c) + values.lo(row.w) + 1n - values.lo(row.y) - carry * LIMB;
  const high = values.hi(row.c) + values.hi(row.w) + carry - values.hi(row.y);
  holds(!row.reduced || equals(low, 0n), "product: low limb of the remainder's bound");
  holds(!row.reduced || equals(high, 0n), "product: high limb of the remainder's bound");
  const zeros = values.lo(row.y) + values.hi(row.y) + BigInt(row.x + row.c);
  holds(!row.zero || equals(zeros, 0n), 'product: division by 0');
  if (kinds === 0) return NO_FACT;
  return fact(row.plain ? FACT.PRODUCT : FACT.DIVISION, row.x, row.y, row.c, row.h, row.d);
}
