/** `circuits/evm/src/environment.nr`: the words that a frame is given, and rows that read them. */

import { toField } from '../field.ts';
import { CONTEXT_START } from '../frame-context.ts';
import type { EnvironmentInput, ValuesInput } from '../frame-inputs.ts';
import { ENVIRONMENT_SLOT, OP, TABLE } from '../opcodes.ts';
import { request, type TableRow } from './bus.ts';
import { at, equals, holds, infoAt } from './constraint.ts';
import type { CheckedValues } from './values.ts';

export function checkNames(
  names: readonly number[],
  context: ValuesInput,
  dataSize: number,
  values: CheckedValues,
): void {
  holds(names[0] === 0 && names[1] === 1, 'environment: words 0 and 1');
  const size = at(names, 2);
  holds(values.hi(size) === 0n && values.lo(size) === BigInt(dataSize), 'environment: size of the call data');
  context.hi.forEach((hi, i) => {
    const id = at(names, CONTEXT_START + i);
    const same = equals(values.hi(id), hi) && equals(values.lo(id), context.lo[i]!);
    holds(same, 'environment: word of the context');
  });
}

export function checkEnvironment(row: EnvironmentInput, names: readonly number[], values: CheckedValues): TableRow {
  const { used, pc, op, a, b, next, slot, result } = row;
  holds(used || Number(pc) + op + a + b + next + slot + result === 0, 'environment: unused row');
  holds(!used || infoAt(op).table === TABLE.ENVIRONMENT, 'environment: operation of another table');
  holds(!pc || op === OP.PC, 'environment: not PC');
  holds(slot === (pc ? 0 : (ENVIRONMENT_SLOT[op] ?? 0)), 'environment: slot');
  const name = at(names, slot);
  holds(pc || result === name, 'environment: another word');
  holds(!pc || equals(values.hi(result), 0n), 'environment: high limb of PC');
  holds(!pc || equals(16n * (values.lo(result) + 2n), BigInt(next)), 'environment: PC');
  return {
    used,
    key: used ? request(op, a, b, next, 0n) : 0n,
    result: BigInt(result),
    cost: 0n,
    leap: pc ? 0n : toField(BigInt(-next)),
  };
}
