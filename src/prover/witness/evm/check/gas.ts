/** `circuits/evm/src/gas.nr`: one row. */

import type { GasInput } from '../frame-inputs.ts';
import { OP } from '../opcodes.ts';
import { request, type TableRow } from './bus.ts';
import { equals, fits, holds } from './constraint.ts';
import type { CheckedValues } from './values.ts';

export function checkGas({ used, a, b, result }: GasInput, values: CheckedValues): TableRow {
  holds(used || a + b + result === 0, 'gas: unused row');
  holds(equals(values.hi(result), 0n), 'gas: high limb');
  const gas = values.lo(result);
  holds(fits(gas, 64), 'gas: more than 64 bits');
  return { used, key: used ? request(OP.GAS, a, b, 0, gas) : 0n, result: BigInt(result), cost: 0n, leap: 0n };
}
