/** Rows of `circuits/evm/src/words.nr`: bitwise, products, quotients, shifts and powers, each with the facts that it cites. */

import { LIMB } from '../../../chain/word.ts';
import { type FactRef, FactTables } from './fact-tables.ts';
import { OP, OP_INFO, TABLE } from './opcodes.ts';
import type { ValueTable } from './value-table.ts';
import type { BitwiseInput, ExpInput, ModularInput, MuldivInput, SignedInput, WordsInput } from './word-inputs.ts';

export const BITWISE_FLAGS = { and: OP.AND, or: OP.OR, xor: OP.XOR, not: OP.NOT } as const;
export const MULDIV_FLAGS = { mul: OP.MUL, div: OP.DIV, modulo: OP.MOD, shl: OP.SHL, shr: OP.SHR } as const;
export const SIGNED_FLAGS = {
  sdiv: OP.SDIV,
  smod: OP.SMOD,
  sar: OP.SAR,
  signextend: OP.SIGNEXTEND,
  byte: OP.BYTE,
} as const;
export const MODULAR_FLAGS = { addmod: OP.ADDMOD, mulmod: OP.MULMOD } as const;

/** EIP-160. */
export const EXP_BYTE_GAS = 50;
const ONES = (1n << 256n) - 1n;

export const NO_BITWISE: BitwiseInput = {
  ...noFlags(BITWISE_FLAGS),
  a: 0,
  b: 0,
  result: 0,
  p_hi: 0n,
  p_lo: 0n,
  q_hi: 0n,
  q_lo: 0n,
};

export const NO_MULDIV: MuldivInput<FactRef> = {
  ...noFlags(MULDIV_FLAGS),
  a: 0,
  b: 0,
  y: 0,
  result: 0,
  other: 0,
  amount: null,
  product: null,
};

export const NO_SIGNED: SignedInput<FactRef> = {
  ...noFlags(SIGNED_FLAGS),
  a: 0,
  b: 0,
  result: 0,
  word: 0,
  dividend: 0,
  divisor: 0,
  quotient: 0,
  remainder: 0,
  factor: 0,
  high: 0,
  negative: false,
  divisor_negative: false,
  divisor_fact: null,
  shift_fact: null,
  dividend_fact: null,
  division_fact: null,
  result_fact: null,
};

export const NO_MODULAR: ModularInput<FactRef> = {
  ...noFlags(MODULAR_FLAGS),
  a: 0,
  b: 0,
  n: 0,
  spare: 0,
  h: 0,
  d: 0,
  high_quotient: 0,
  e: 0,
  low_quotient: 0,
  result: 0,
  product: null,
  high_division: null,
  low_division: null,
};

export const NO_EXP: ExpInput<FactRef> = {
  used: false,
  a: 0,
  b: 0,
  result: 0,
  bytes: 0,
  some: false,
  bits: 0,
  below: 0,
  highest: 0,
  remainder: 0,
  power: null,
  amount: null,
  division: null,
};

export interface WordAnswer {
  /** Among the rows that steps take of the operation's table. */
  readonly row: number;
  readonly result: number;
  /** Gas beyond the static part. */
  readonly cost: number;
}

export class WordTables implements WordsInput<FactRef> {
  readonly bitwise: BitwiseInput[] = [];
  readonly muldiv: MuldivInput<FactRef>[] = [];
  readonly signed: SignedInput<FactRef>[] = [];
  readonly modular: ModularInput<FactRef>[] = [];
  readonly exp: ExpInput<FactRef>[] = [];
  readonly #facts: FactTables;
  readonly #values: ValueTable;
  /** What the first step of ADDMOD or MULMOD handed over. */
  #handed: readonly [a: number, b: number] = [0, 0];

  constructor(values: ValueTable) {
    this.#values = values;
    this.#facts = new FactTables(values);
  }

  get products() {
    return this.#facts.products;
  }
  get amounts() {
    return this.#facts.amounts;
  }
  get signs() {
    return this.#facts.signs;
  }
  get powers() {
    return this.#facts.powers;
  }

  /** The answer to a step of `op`, a whole instruction or MODULAR_ARGS, over the words with ids `a` and `b`. */
  answer(op: number, a: number, b: number): WordAnswer {
    switch (OP_INFO[op]!.table) {
      case TABLE.BITWISE:
        return this.#bitwise(op, a, b);
      case TABLE.MULDIV:
        return this.#muldiv(op, a, b);
      case TABLE.SIGNED:
        return this.#signed(op, a, b);
      case TABLE.MODULAR:
        return this.#modular(op, a, b);
      case TABLE.EXP:
        return this.#exp(a, b);
      default:
        throw new RangeError(`no table of words: opcode ${op}`);
    }
  }

  #bitwise(op: number, a: number, b: number): WordAnswer {
    const p = this.#values.word(a);
    const q = op === OP.NOT ? ONES : this.#values.word(b);
    const result = this.#values.id(op === OP.AND ? p & q : op === OP.OR ? p | q : p ^ q);
    const limbs = { p_hi: p / LIMB, p_lo: p % LIMB, q_hi: q / LIMB, q_lo: q % LIMB };
    const row = this.bitwise.push({ ...NO_BITWISE, ...flagOf(BITWISE_FLAGS, op), a, b, result, ...limbs }) - 1;
    return { row, result, cost: 0 };
  }

  #muldiv(op: number, a: number, b: number): WordAnswer {
    const shifts = op === OP.SHL || op === OP.SHR;
    const { ref: amount, power } = shifts ? this.#facts.amount('shift', a) : { ref: null, power: b };
    const word = shifts ? b : a;
    const flag = flagOf(MULDIV_FLAGS, op);
    const push = (result: number, other: number, product: FactRef): WordAnswer => {
      const made = { ...NO_MULDIV, ...flag, a, b, y: power, result, other, amount, product };
      return { row: this.muldiv.push(made) - 1, result, cost: 0 };
    };
    if (op === OP.MUL || op === OP.SHL) {
      const { ref, high, low } = this.#facts.product(word, power, 0);
      return push(low, high, ref);
    }
    const { ref, quotient, remainder } = this.#facts.division(0, word, power);
    return op === OP.MOD ? push(remainder, quotient, ref) : push(quotient, remainder, ref);
  }

  #signed(op: number, a: number, b: number): WordAnswer {
    const parts = op === OP.SDIV || op === OP.SMOD ? this.#signedDivision(op, a, b) : this.#signedShift(op, a, b);
    const row = this.signed.push({ ...NO_SIGNED, ...flagOf(SIGNED_FLAGS, op), a, b, ...parts }) - 1;
    return { row, result: parts.result, cost: 0 };
  }

  #signedDivision(op: number, a: number, b: number): Partial<SignedInput<FactRef>> & { readonly result: number } {
    const negative = this.#facts.isNegative(a);
    const divisorNegative = this.#facts.isNegative(b);
    const { ref: dividendFact, y: dividend } = this.#facts.sign('magnitude', a);
    const { ref: divisorFact, y: divisor } = this.#facts.sign('magnitude', b);
    const { ref: divisionFact, quotient, remainder } = this.#facts.division(0, dividend, divisor);
    const { ref: resultFact, y: result } =
      op === OP.SDIV
        ? this.#facts.sign('negate', quotient, negative !== divisorNegative)
        : this.#facts.sign('negate', remainder, negative);
    return {
      result,
      word: a,
      dividend,
      divisor,
      quotient,
      remainder,
      factor: divisor,
      negative,
      divisor_negative: divisorNegative,
      divisor_fact: divisorFact,
      dividend_fact: dividendFact,
      division_fact: divisionFact,
      result_fact: resultFact,
    };
  }

  #signedShift(op: number, a: number, b: number): Partial<SignedInput<FactRef>> & { readonly result: number } {
    const kind = op === OP.SAR ? 'shift' : op === OP.BYTE ? 'byte' : 'extend';
    const { ref: divisorFact, power: factor } = this.#facts.amount(kind, a);
    const shifted = op === OP.SAR ? { ref: null, high: 0, low: b } : this.#facts.product(b, factor, 0);
    const word = shifted.low;
    const divisor = op === OP.BYTE ? this.#values.id(1n << 248n) : factor;
    const negative = op !== OP.BYTE && this.#facts.isNegative(word);
    const { ref: dividendFact, y: dividend } = op === OP.BYTE ? { ref: null, y: word } : this.#facts.sign('flip', word);
    const { ref: divisionFact, quotient, remainder } = this.#facts.division(0, dividend, divisor);
    const found = this.#values.word(quotient);
    const result = this.#values.id(negative ? ONES - found : found);
    return {
      result,
      word,
      dividend,
      divisor,
      quotient,
      remainder,
      factor,
      high: shifted.high,
      negative,
      divisor_fact: divisorFact,
      shift_fact: shifted.ref,
      dividend_fact: dividendFact,
      division_fact: divisionFact,
      result_fact: op === OP.BYTE ? null : this.#facts.sign('flip', result).ref,
    };
  }

  #modular(op: number, a: number, b: number): WordAnswer {
    if (op === OP.MODULAR_ARGS) {
      this.#handed = [a, b];
      return { row: 2 * this.modular.length, result: 0, cost: 0 };
    }
    const [first, second] = this.#handed;
    const product =
      op === OP.MULMOD ? this.#facts.product(first, second, 0) : this.#facts.product(first, ID_OF_ONE, second);
    const high = this.#facts.division(0, product.high, a);
    const low = this.#facts.division(high.remainder, product.low, a);
    const row: ModularInput<FactRef> = {
      ...NO_MODULAR,
      ...flagOf(MODULAR_FLAGS, op),
      a: first,
      b: second,
      n: a,
      spare: b,
      h: product.high,
      d: product.low,
      high_quotient: high.quotient,
      e: high.remainder,
      low_quotient: low.quotient,
      result: low.remainder,
      product: product.ref,
      high_division: high.ref,
      low_division: low.ref,
    };
    return { row: 2 * this.modular.push(row) - 1, result: low.remainder, cost: 0 };
  }

  #exp(a: number, b: number): WordAnswer {
    const { ref: power, power: result } = this.#facts.power(a, b);
    const exponent = this.#values.word(b);
    const bytes = exponent === 0n ? 0 : Math.ceil(exponent.toString(16).length / 2);
    const base = { ...NO_EXP, used: true, a, b, result, power };
    const cost = EXP_BYTE_GAS * bytes;
    if (bytes === 0) return { row: this.exp.push(base) - 1, result, cost };
    const bits = this.#values.id(8n * BigInt(bytes - 1));
    const { ref: amount, power: below } = this.#facts.amount('shift', bits);
    const { ref: division, quotient: highest, remainder } = this.#facts.division(0, b, below);
    const row = { ...base, bytes, some: true, bits, below, highest, remainder, amount, division };
    return { row: this.exp.push(row) - 1, result, cost };
  }
}

const ID_OF_ONE = 1;

function noFlags<K extends string>(flags: Readonly<Record<K, number>>): Readonly<Record<K, boolean>> {
  return Object.fromEntries(Object.keys(flags).map((flag) => [flag, false])) as Record<K, boolean>;
}

function flagOf(flags: Readonly<Record<string, number>>, op: number): Readonly<Record<string, true>> {
  const found = Object.entries(flags).find(([, code]) => code === op);
  if (found === undefined) throw new RangeError(`no row for opcode ${op}`);
  return { [found[0]]: true };
}
