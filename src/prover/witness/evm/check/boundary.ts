/** `circuits/evm/src/boundary.nr`: one row. Result and gas are NOT constrained yet (ADR 0015). */

import { toField } from '../field.ts';
import type { BoundaryInput } from '../frame-inputs.ts';
import { TABLE } from '../opcodes.ts';
import { request, type TableRow } from './bus.ts';
import { holds, infoAt } from './constraint.ts';

export function checkBoundary({ used, op, a, b, next, result, cost }: BoundaryInput): TableRow {
  holds(used || op + a + b + next + result + cost === 0, 'boundary: unused row');
  const info = infoAt(op);
  holds(!used || info.table === TABLE.BOUNDARY, 'boundary: operation of another table');
  holds(info.pushes === 1 || result === 0, 'boundary: result of an operation that has none');
  return {
    used,
    key: used ? request(op, a, b, next, 0n) : 0n,
    result: BigInt(result),
    cost: BigInt(cost),
    leap: toField(BigInt(-next)),
  };
}
