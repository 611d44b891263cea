/** Pads the rows of `WordTables` to a profile; facts are cited by their numbers there. */

import type { EvmProfile } from './evm-profile.ts';
import { type FactRef, factNumber } from './fact-tables.ts';
import { padded } from './padded.ts';
import type { AmountInput, PowerInput, ProductInput, SignInput, WordsInput } from './word-inputs.ts';
import { NO_BITWISE, NO_EXP, NO_MODULAR, NO_MULDIV, NO_SIGNED } from './word-tables.ts';

const NO_PRODUCT: ProductInput = {
  plain: false,
  reduced: false,
  zero: false,
  x: 0,
  y: 0,
  c: 0,
  h: 0,
  d: 0,
  w: 0,
  carry: false,
  y0: 0n,
  y2: 0n,
  v0: 0n,
  v1: 0n,
  v2: 0n,
};

const NO_AMOUNT: AmountInput = {
  shift: false,
  byte: false,
  extend: false,
  amount: 0,
  power: 0,
  capped: 0,
  over: 0,
  carry: false,
  bit: 0,
  high: false,
  none: false,
};

const NO_SIGN: SignInput = {
  magnitude: false,
  flip: false,
  negate: false,
  negative: false,
  x: 0,
  y: 0,
  carry_lo: false,
  carry_hi: false,
};

const NO_POWER: PowerInput<FactRef> = {
  begin: false,
  square: false,
  multiply: false,
  base: 0,
  exponent: 0,
  power: 0,
  high: 0,
  product: null,
  carry: false,
};

/** A row of numbers, with each fact cited by its number. */
type Cited<T> = { readonly [K in keyof T]: T[K] extends FactRef ? number : T[K] };

export function wordsInput(words: WordsInput<FactRef>, profile: EvmProfile): WordsInput {
  const cited = <T extends object>(rows: readonly T[], length: number, padding: T): Cited<T>[] =>
    padded(rows, length, padding).map(
      (row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, cell]) => [
            name,
            typeof cell === 'object' ? factNumber(cell as FactRef, profile) : cell,
          ]),
        ) as Cited<T>,
    );
  return {
    products: padded(words.products, profile.products, NO_PRODUCT),
    amounts: padded(words.amounts, profile.amounts, NO_AMOUNT),
    signs: padded(words.signs, profile.signs, NO_SIGN),
    powers: cited(words.powers, profile.powers, NO_POWER),
    bitwise: padded(words.bitwise, profile.bitwise, NO_BITWISE),
    muldiv: cited(words.muldiv, profile.muldiv, NO_MULDIV),
    signed: cited(words.signed, profile.signed, NO_SIGNED),
    modular: cited(words.modular, profile.modular, NO_MODULAR),
    exp: cited(words.exp, profile.exp, NO_EXP),
  };
}
