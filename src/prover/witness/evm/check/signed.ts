/** `circuits/evm/src/signed.nr`: one row. */

import type { SignedInput } from '../word-inputs.ts';
import { SIGNED_FLAGS } from '../word-tables.ts';
import { request, type TableRow } from './bus.ts';
import { at, equals, holds } from './constraint.ts';
import { FACT, fact, NO_FACT } from './facts.ts';
import { flagged } from './flagged.ts';
import type { CheckedValues } from './values.ts';

const TOP_BYTE = 1n << 120n;

export function checkSigned(row: SignedInput, values: CheckedValues, facts: readonly bigint[]): TableRow {
  const op = flagged(SIGNED_FLAGS, row, 'signed');
  const cells = [row.a, row.b, row.result, row.word, row.dividend, row.divisor, row.quotient, row.remainder];
  const others = [row.factor, row.high, Number(row.negative), Number(row.divisor_negative)];
  holds(op !== undefined || [...cells, ...others].every((cell) => cell === 0), 'signed: unused row');
  checkOperands(row, values, facts);
  checkDivision(row, op !== undefined, facts);
  const key = op === undefined ? 0n : request(op, row.a, row.b, 0, 0n);
  return { used: op !== undefined, key, result: BigInt(row.result), cost: 0n, leap: 0n };
}

function checkOperands(row: SignedInput, values: CheckedValues, facts: readonly bigint[]): void {
  const { sar, signextend, byte, a, b, word, factor, divisor } = row;
  const divides = row.sdiv || row.smod;
  holds(byte || factor === divisor, 'signed: factor');
  holds(!byte || equals(values.hi(divisor), TOP_BYTE), "signed: high limb of the last byte's divisor");
  holds(!byte || equals(values.lo(divisor), 0n), "signed: low limb of the last byte's divisor");
  holds(divides || !row.divisor_negative, 'signed: sign of a power of two');
  const kind = divides ? FACT.MAGNITUDE : sar ? FACT.SHIFT : signextend ? FACT.EXTEND : byte ? FACT.BYTE : 0;
  const known = fact(kind, divides ? b : a, factor, Number(row.divisor_negative));
  holds(at(facts, row.divisor_fact) === known, 'signed: divisor');

  const shifts = signextend || byte;
  holds(shifts || row.high === 0, 'signed: high word without a shift');
  const shift = shifts ? fact(FACT.PRODUCT, b, factor, 0, row.high, word) : NO_FACT;
  holds(at(facts, row.shift_fact) === shift, 'signed: shift to the left');
  holds(!divides || word === a, 'signed: dividend');
  holds(!sar || word === b, 'signed: shifted word');
}

function checkDivision(row: SignedInput, used: boolean, facts: readonly bigint[]): void {
  const { sdiv, smod, sar, signextend, byte, word, dividend, quotient, remainder, result, negative } = row;
  const flips = sar || signextend;
  holds(!byte || !negative, 'signed: sign of a byte');
  holds(!byte || dividend === word, 'signed: divided byte');
  const kind = sdiv || smod ? FACT.MAGNITUDE : flips ? FACT.FLIP : 0;
  const unsigned = byte ? NO_FACT : fact(kind, word, dividend, Number(negative));
  holds(at(facts, row.dividend_fact) === unsigned, 'signed: sign taken away');
  const division = used ? fact(FACT.DIVISION, quotient, row.divisor, remainder, 0, dividend) : NO_FACT;
  holds(at(facts, row.division_fact) === division, 'signed: division');
  holds(at(facts, row.result_fact) === resultFact(row, flips), 'signed: sign given back');
  holds(!byte || result === quotient, 'signed: byte');
}

function resultFact({ sdiv, smod, quotient, remainder, result, negative, ...row }: SignedInput, flips: boolean) {
  if (sdiv) return fact(FACT.NEGATE, quotient, result, Number(negative !== row.divisor_negative));
  if (smod) return fact(FACT.NEGATE, remainder, result, Number(negative));
  return flips ? fact(FACT.FLIP, result, quotient, Number(negative)) : NO_FACT;
}
