import { toField } from '../field.ts';
import { OP_INFO, type OpInfo } from '../opcodes.ts';

/** A constraint of the EVM circuit that does not hold; the message is the Noir assertion's where there is one. */
export class Unsatisfied extends Error {
  override readonly name = 'Unsatisfied';
}

export function holds(condition: boolean, constraint: string): asserts condition {
  if (!condition) throw new Unsatisfied(constraint);
}

export const equals = (a: bigint, b: bigint): boolean => toField(a - b) === 0n;

export const fits = (value: bigint, bits: number): boolean => toField(value) < 1n << BigInt(bits);

/** An array read by a witness: out of bounds has no proof. */
export function at<T>(column: readonly T[], index: number): T {
  holds(index >= 0 && index < column.length, 'index out of bounds');
  return column[index] as T;
}

export const infoAt = (op: number): OpInfo => at(OP_INFO, op);

export function isZero(x: bigint, inverse: bigint): boolean {
  const zero = toField(1n - x * inverse);
  holds(equals(x * zero, 0n), 'zero test: inverse');
  holds(equals(inverse * zero, 0n), 'zero test: inverse of zero');
  return zero === 1n;
}
