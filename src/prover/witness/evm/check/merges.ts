/** `circuits/evm/src/merges.nr`: one row, and how it is named. */

import { CUT, CUT_PLACES, power } from '../byte-cuts.ts';
import type { MergeInput } from '../frame-inputs.ts';
import { equals, fits, holds } from './constraint.ts';
import type { CheckedValues } from './values.ts';

export const mergeKey = (s: number, o: number, v: number, left: number, byte: boolean): bigint =>
  BigInt(s) + (BigInt(o) << 32n) + (BigInt(v) << 64n) + (BigInt(left) << 96n) + (BigInt(byte) << 128n);

/** Its key. */
export function checkMerge(row: MergeInput, values: CheckedValues): bigint {
  const { used, byte, low, t, s, o, v, taken, left_out, lost, kept } = row;
  holds(used || Number(byte) + Number(low) + t + s + o + v === 0, 'merge: unused row');
  holds(t < CUT_PLACES, 'index out of bounds');
  holds(fits(taken, 128) && fits(lost, 128), 'merge: bytes before the cut');
  holds(fits(left_out, 120) && fits(kept, 120), 'merge: bytes behind the cut');
  holds(low ? equals(values.hi(v), values.hi(s)) : equals(values.lo(v), values.lo(o)), 'merge: limb that is not cut');
  const limb = (id: number): bigint => (low ? values.lo(id) : values.hi(id));
  const source = byte
    ? equals(values.lo(s), 256n * left_out + taken)
    : equals(power(t) * limb(s), taken * CUT + left_out);
  holds(source, 'merge: bytes of the source');
  holds(equals(power(t) * limb(o), lost * CUT + kept), 'merge: bytes that stay');
  holds(equals(power(t) * limb(v), taken * CUT + kept), 'merge: bytes of the result');
  return used ? mergeKey(s, o, v, 16 * Number(low) + t + 1, byte) : 0n;
}
