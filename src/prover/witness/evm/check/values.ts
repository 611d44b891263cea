/** `circuits/evm/src/values.nr`. */

import type { ValuesInput } from '../frame-inputs.ts';
import { at, fits, holds } from './constraint.ts';

export interface CheckedValues {
  hi(id: number): bigint;
  lo(id: number): bigint;
}

export function checkValues({ hi, lo }: ValuesInput): CheckedValues {
  for (const limb of [...hi, ...lo]) holds(fits(limb, 128), 'value: limb');
  holds(hi[0] === 0n && lo[0] === 0n, 'value: id 0');
  holds(hi[1] === 0n && lo[1] === 1n, 'value: id 1');
  return { hi: (id) => at(hi, id), lo: (id) => at(lo, id) };
}
