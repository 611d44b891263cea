/** `circuits/evm/src/flow.nr`: one row. */

import { toField } from '../field.ts';
import type { FlowInput } from '../frame-inputs.ts';
import { OP } from '../opcodes.ts';
import { landingAt } from '../positions.ts';
import { request, type TableRow } from './bus.ts';
import { equals, holds, isZero } from './constraint.ts';
import type { CheckedValues } from './values.ts';

export function checkFlow(row: FlowInput, values: CheckedValues): TableRow {
  holds(!(row.jump && row.jumpi), 'flow: two operations in a row');
  const used = row.jump || row.jumpi;
  holds(used || row.a + row.b + row.next === 0, 'flow: unused row');
  const zero = isZero(values.hi(row.b) + values.lo(row.b), row.inverse);
  const taken = row.jump || (row.jumpi && !zero);
  const destination = { hi: values.hi(row.a), lo: values.lo(row.a) };
  holds(!taken || equals(destination.hi, 0n), 'flow: destination beyond 2^128');
  return {
    used,
    key: used ? request(row.jump ? OP.JUMP : OP.JUMPI, row.a, row.b, row.next, 0n) : 0n,
    result: 0n,
    cost: 0n,
    leap: taken ? toField(landingAt(destination.lo) - BigInt(row.next)) : 0n,
  };
}
