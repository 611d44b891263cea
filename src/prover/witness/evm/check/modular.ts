/** `circuits/evm/src/modular.nr`: one row, which answers two steps. */

import { OP } from '../opcodes.ts';
import type { ModularInput } from '../word-inputs.ts';
import { MODULAR_FLAGS } from '../word-tables.ts';
import { request, type TableRow } from './bus.ts';
import { at, holds } from './constraint.ts';
import { FACT, fact, NO_FACT } from './facts.ts';
import { flagged } from './flagged.ts';

const ID_OF_ONE = 1;

export function checkModular(row: ModularInput, facts: readonly bigint[]): TableRow[] {
  const op = flagged(MODULAR_FLAGS, row, 'modular');
  const used = op !== undefined;
  const { addmod, a, b, n, h, d, e, result } = row;
  const cells = [a, b, n, row.spare, h, d, e, result, row.high_quotient, row.low_quotient];
  holds(used || cells.every((cell) => cell === 0), 'modular: unused row');
  const cites = (at_: number, expected: bigint, what: string) =>
    holds(at(facts, at_) === (used ? expected : NO_FACT), `modular: ${what}`);
  const product = addmod ? fact(FACT.PRODUCT, a, ID_OF_ONE, b, h, d) : fact(FACT.PRODUCT, a, b, 0, h, d);
  cites(row.product, product, 'product');
  cites(row.high_division, fact(FACT.DIVISION, row.high_quotient, n, e, 0, h), 'division of the high word');
  cites(row.low_division, fact(FACT.DIVISION, row.low_quotient, n, result, e, d), 'division of the low word');
  const answer = { used, cost: 0n, leap: 0n };
  return [
    { ...answer, key: used ? request(OP.MODULAR_ARGS, a, b, 0, 0n) : 0n, result: 0n },
    { ...answer, key: used ? request(op, n, row.spare, 0, 0n) : 0n, result: BigInt(result) },
  ];
}
