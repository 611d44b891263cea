/** `circuits/evm/src/power.nr`: all rows, because one goes on from the other. */

import { LIMB } from '../../../../chain/word.ts';
import type { PowerInput } from '../word-inputs.ts';
import { at, equals, holds } from './constraint.ts';
import { FACT, fact, NO_FACT } from './facts.ts';
import type { CheckedValues } from './values.ts';

const isUsed = ({ begin, square, multiply }: PowerInput): boolean => begin || square || multiply;

/** `facts` are those before: only products among them can be cited, for nothing else is made yet. */
export function checkPowers(rows: readonly PowerInput[], values: CheckedValues, facts: readonly bigint[]): bigint[] {
  return rows.map((row, i) => {
    holds(i !== 0 || !(row.square || row.multiply), 'power: the first row goes on');
    return checkPower(row, rows[i === 0 ? 0 : i - 1]!, values, facts);
  });
}

function checkPower(row: PowerInput, before: PowerInput, values: CheckedValues, facts: readonly bigint[]): bigint {
  const { begin, square, multiply, base, exponent, power, high, carry } = row;
  holds(Number(begin) + Number(square) + Number(multiply) <= 1, 'power: two kinds in a row');
  holds(isUsed(row) || base + exponent + power === 0, 'power: unused row');
  const goesOn = square || multiply;
  holds(goesOn || (high === 0 && !carry), 'power: a product that is not asked for');
  holds(!begin || exponent === 0, 'power: begins above 0');
  holds(!begin || power === 1, 'power: begins with another word than 1');
  holds(!goesOn || base === before.base, 'power: another base');
  holds(!goesOn || isUsed(before), 'power: goes on from an unused row');
  const factor = multiply ? base : before.power;
  const product = goesOn ? fact(FACT.PRODUCT, before.power, factor, 0, high, power) : NO_FACT;
  holds(at(facts, row.product) === product, 'power: product');
  const [lo, hi] = [values.lo(before.exponent), values.hi(before.exponent)];
  const low = (square ? 2n * lo : lo + 1n) - (carry ? LIMB : 0n);
  const above = (square ? 2n * hi : hi) + BigInt(carry);
  holds(!goesOn || equals(values.lo(exponent), low), 'power: low limb of the exponent');
  holds(!goesOn || equals(values.hi(exponent), above), 'power: high limb of the exponent');
  return isUsed(row) ? fact(FACT.POWER, base, exponent, power) : NO_FACT;
}
