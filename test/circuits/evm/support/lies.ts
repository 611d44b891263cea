/**
 * Lies that one constraint alone forbids: all other rows are made to agree, so a circuit without that constraint accepts them. Each is worth telling: another
 * result, or less gas.
 */

import { inverseOrZero, toField } from '../../../../src/prover/witness/evm/field.ts';
import type { EvmInputs } from '../../../../src/prover/witness/evm/frame-inputs.ts';
import { assemble } from '../../../execution/assemble.ts';
import { type Attack, OUT_OF_RANGE, profileWith, replace, withFrame, withMemory, withWords } from './attack.ts';

export interface Lie {
  readonly name: string;
  /** The constraint, and what circuit and row checkers say. */
  readonly file: string;
  readonly constraint: string;
  readonly checker: RegExp;
  readonly circuit: RegExp;
  readonly tell: (attack: Attack) => Promise<EvmInputs>;
}

const MAX = (1n << 256n) - 1n;
const LIMB_MASK = (1n << 128n) - 1n;
/** Two words that differ in both limbs. */
const OLD = (0x11n << 200n) | 0x11n;
const NEW = (0x22n << 200n) | 0x22n;

/** Holds each program below. */
export const LIES_PROFILE = profileWith({
  steps: 16,
  stack: 8,
  values: 65,
  pushInstructions: 8,
  plainInstructions: 8,
  memory: 5,
  accesses: 8,
  copies: 2,
  memoryWords: 8,
  products: 11,
  amounts: 2,
  signs: 2,
  powers: 11,
});

/** STOP shows the word on top, the lie's result, to its row too. */
const stopsOver = (inputs: EvmInputs, a: number): EvmInputs =>
  withFrame(inputs, { environment: replace(inputs.frame.environment, 0, { a, b: a }) });

/** 17 / 5 = 2, remainder 7. */
async function smallerQuotient(attack: Attack, cells: object, bound: bigint): Promise<EvmInputs> {
  const { inputs, ids } = attack.named(await attack.inputsOf(assemble(5n, 17n, 'DIV', 'STOP')), 2n, 7n, bound);
  const [x, c, w] = ids;
  const lie = withWords(inputs, 'products', 0, { x, c, w, ...cells });
  return stopsOver(withWords(lie, 'muldiv', 0, { result: x, other: c }), x!);
}

/** 2^8 has two bytes, of which one is charged. */
async function shortExponent(attack: Attack): Promise<EvmInputs> {
  const honest = await attack.inputsOf(assemble(256n, 3n, 'EXP', 'STOP'));
  const exponent = honest.frame.words.exp[0]!.b;
  const row = { bytes: 1, bits: 0, below: 1, highest: exponent, remainder: 0 };
  const powerOfTwo = withWords(honest, 'amounts', 0, { amount: 0, power: 1, capped: 0, bit: 0 });
  const at = honest.frame.words.exp[0]!.division - 1;
  const division = { x: exponent, y: 1, c: 0, w: 0, carry: false, y0: 1n, y2: 0n, v0: 0n, v1: 0n, v2: 0n };
  const lie = withWords(withWords(powerOfTwo, 'products', at, division), 'exp', 0, row);
  return { ...lie, gas_after: lie.gas_after + 50n };
}

/** The sixth word of memory is not paid for. */
async function cheaperGrowth(attack: Attack): Promise<EvmInputs> {
  const inputs = await attack.inputsOf(assemble(1n, 160n, 'MSTORE', 'STOP'));
  const requests = replace(inputs.frame.memory.requests, 0, { end: 5 });
  return { ...withMemory(inputs, { requests }), gas_after: inputs.gas_after + 3n };
}

/** The second row of a copy takes the word that an older read found at its source. */
async function staleCopy(attack: Attack): Promise<EvmInputs> {
  const stores = assemble(OLD, 32n, 'MSTORE', 32n, 'MLOAD', 'POP', NEW, 32n, 'MSTORE');
  const inputs = await attack.inputsOf(Uint8Array.of(...stores, ...assemble(64n, 0n, 64n, 'MCOPY', 'STOP')));
  const { accesses, copies, merges } = inputs.frame.memory;
  const old = accesses[0]!.value;
  return withMemory(inputs, {
    accesses: replace(accesses, 7, { value: old, new0: old }),
    copies: replace(copies, 1, { from: 1, s: old, v: old }),
    merges: replace(merges, 0, { s: old, v: old, taken: OLD & LIMB_MASK }),
  });
}

/** A negative word is shifted as if it were none. */
async function hiddenSign(attack: Attack): Promise<EvmInputs> {
  const word = MAX - 8n;
  const quotient = word >> 2n;
  const honest = await attack.inputsOf(assemble(word, 2n, 'SAR', 'STOP'));
  const { inputs, ids } = attack.named(honest, quotient, word % 4n, 3n - (word % 4n));
  const [q, c, w] = ids;
  const { word: shifted } = inputs.frame.words.signed[0]!;
  const none = { negative: false, carry_lo: false, carry_hi: false };
  const signs = replace(replace(inputs.frame.words.signs, 0, { ...none, y: shifted }), 1, { ...none, x: q!, y: q! });
  const words = { ...inputs.frame.words, signs };
  const lie = withWords(withFrame(inputs, { words }), 'products', 0, { x: q, c, w, d: shifted });
  const cells = { result: q, dividend: shifted, quotient: q, remainder: c, negative: false };
  return stopsOver(withWords(lie, 'signed', 0, cells), q!);
}

/**
 * Field elements where integers belong: MLOAD answers with the word 1. With the place 2^-32 less and the access's id 64 more, the key of its request is
 * that of id 1; the key of its window is that of the id one below, the last of the table, which names the word that is there.
 */
export async function fractionOfAPlace(attack: Attack): Promise<EvmInputs> {
  const honest = await attack.inputsOf(assemble(OLD, 0n, 'MSTORE', 5n, 'MLOAD', 'STOP'));
  const found = (OLD << 40n) & MAX;
  const { inputs, ids } = attack.named(honest, found);
  const [last] = ids;
  const { requests, accesses, windows } = inputs.frame.memory;
  const fraction = toField(5n - inverseOrZero(1n << 32n));
  const lie = withMemory(inputs, {
    requests: replace(requests, 1, { result: 1 }),
    accesses: replace(accesses, 1, { value: last! + 1, byte: fraction as unknown as number }),
    windows: replace(windows, 0, { value: last! }),
  });
  return stopsOver(lie, 1);
}

export const LIES: readonly Lie[] = [
  {
    name: 'a quotient too small, its remainder too large by the high limb',
    file: 'product.nr',
    constraint: `assert(reduced * high == 0, "product: high limb of the remainder's bound");`,
    checker: /high limb of the remainder's bound/,
    circuit: /high limb of the remainder's bound/,
    tell: (attack) => smallerQuotient(attack, { carry: true }, MAX - 2n),
  },
  {
    name: 'a quotient too small, its remainder too large by the low limb',
    file: 'product.nr',
    constraint: `assert(reduced * low == 0, "product: low limb of the remainder's bound");`,
    checker: /low limb of the remainder's bound/,
    circuit: /low limb of the remainder's bound/,
    tell: (attack) => smallerQuotient(attack, {}, 0n),
  },
  {
    name: 'an exponent one byte short',
    file: 'exp.nr',
    constraint:
      'values.lo[row.highest].assert_max_bit_size::<8>();\n        (values.lo[row.highest] - some).assert_max_bit_size::<8>();',
    checker: /not a byte, or 0/,
    circuit: OUT_OF_RANGE,
    tell: shortExponent,
  },
  {
    name: 'growth of memory by a word less than is touched',
    file: 'memory.nr',
    constraint: '(32 * end - some * (start + size)).assert_max_bit_size::<5>();',
    checker: /memory: end/,
    circuit: OUT_OF_RANGE,
    tell: cheaperGrowth,
  },
  {
    name: 'a copy of what its source was once',
    file: 'copies.nr',
    constraint:
      'assert(continues * (self.from as Field - before.from as Field - moves) == 0, "copy: access of the source");',
    checker: /access of the source/,
    circuit: /access of the source/,
    tell: staleCopy,
  },
  {
    name: 'a shift that hides the sign',
    file: 'sign.nr',
    constraint: '((magnitude + flip) * (x_hi - negative * TOP_BIT)).assert_max_bit_size::<127>();',
    checker: /not its sign/,
    circuit: OUT_OF_RANGE,
    tell: hiddenSign,
  },
];
