/** `circuits/evm/src/windows.nr`: one row, and how it is named. */

import { LIMB } from '../../../../chain/word.ts';
import { CUT_PLACES, limbsOf, power } from '../byte-cuts.ts';
import type { WindowInput } from '../frame-inputs.ts';
import { equals, fits, holds } from './constraint.ts';
import type { CheckedValues } from './values.ts';

export const windowKey = (ids: WindowIds, byte: bigint): bigint =>
  BigInt(ids.old0) +
  (BigInt(ids.old1) << 32n) +
  (BigInt(ids.new0) << 64n) +
  (BigInt(ids.new1) << 96n) +
  (BigInt(ids.value) << 128n) +
  (byte << 160n);

type WindowIds = Pick<WindowInput, 'old0' | 'old1' | 'new0' | 'new1' | 'value'>;

/** Its key. */
export function checkWindow(row: WindowInput, values: CheckedValues): bigint {
  const byte = 16 * Number(row.h) + row.t;
  holds(row.used || row.old0 + row.old1 + row.new0 + row.new1 + row.value + byte === 0, 'window: unused row');
  holds(row.t < CUT_PLACES, 'index out of bounds');
  const word = (id: number): bigint => values.hi(id) * LIMB + values.lo(id);
  const now = limbsOf(word(row.new0), word(row.new1));
  const before = limbsOf(word(row.old0), word(row.old1));
  const h = row.h ? 1 : 0;
  const outside = row.h ? 0 : 3;
  holds(now[outside] === before[outside], 'window: limb outside of it');
  const after0 = values.hi(row.value) - row.before1;
  const after1 = values.lo(row.value) - row.before2;
  for (const quotient of [row.before0, row.before1, row.before2, row.lost2])
    holds(fits(quotient, 120), 'window: bytes before a cut');
  for (const rest of [after0, after1, row.after2, row.lost0]) holds(fits(rest, 128), 'window: bytes behind a cut');
  const isCut = (limb: bigint, quotient: bigint, rest: bigint): boolean =>
    equals(power(row.t) * limb, quotient * LIMB + rest);
  holds(isCut(now[h], row.before0, after0), 'window: first limb');
  holds(isCut(now[h + 1]!, row.before1, after1), 'window: middle limb');
  holds(isCut(now[h + 2]!, row.before2, row.after2), 'window: last limb');
  holds(isCut(before[h], row.before0, row.lost0), 'window: bytes before it');
  holds(isCut(before[h + 2]!, row.lost2, row.after2), 'window: bytes behind it');
  return row.used ? windowKey(row, BigInt(byte)) : 0n;
}
