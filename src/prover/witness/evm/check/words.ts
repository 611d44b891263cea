/** `circuits/evm/src/words.nr`: tables of facts, then the rows that steps take. */

import type { WordsInput } from '../word-inputs.ts';
import { checkAmount } from './amount.ts';
import { checkBitwise } from './bitwise.ts';
import type { TableRow } from './bus.ts';
import { checkExp } from './exp.ts';
import { NO_FACT } from './facts.ts';
import { checkModular } from './modular.ts';
import { checkMuldiv } from './muldiv.ts';
import { checkPowers } from './power.ts';
import { checkProduct } from './product.ts';
import { checkSign } from './sign.ts';
import { checkSigned } from './signed.ts';
import type { CheckedValues } from './values.ts';

export type WordRows = Readonly<Record<'bitwise' | 'muldiv' | 'signed' | 'modular' | 'exp', readonly TableRow[]>>;

export function checkWords(words: WordsInput, values: CheckedValues): WordRows {
  const products = [NO_FACT, ...words.products.map((row) => checkProduct(row, values))];
  const others = [
    ...words.amounts.map((row) => checkAmount(row, values)),
    ...words.signs.map((row) => checkSign(row, values)),
  ];
  const later = Array<bigint>(others.length + words.powers.length).fill(NO_FACT);
  const facts = [...products, ...others, ...checkPowers(words.powers, values, [...products, ...later])];
  return {
    bitwise: words.bitwise.map((row) => checkBitwise(row, values)),
    muldiv: words.muldiv.map((row) => checkMuldiv(row, facts)),
    signed: words.signed.map((row) => checkSigned(row, values, facts)),
    modular: words.modular.flatMap((row) => checkModular(row, facts)),
    exp: words.exp.map((row) => checkExp(row, values, facts)),
  };
}
