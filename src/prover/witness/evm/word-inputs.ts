/** Inputs of `circuits/evm/src/words.nr`, named as its Noir structs name them. `F` is how a row cites a fact: by number in the circuit. */

export interface ProductInput {
  readonly plain: boolean;
  readonly reduced: boolean;
  readonly zero: boolean;
  readonly x: number;
  readonly y: number;
  readonly c: number;
  readonly h: number;
  readonly d: number;
  readonly w: number;
  readonly carry: boolean;
  readonly y0: bigint;
  readonly y2: bigint;
  readonly v0: bigint;
  readonly v1: bigint;
  readonly v2: bigint;
}

export interface AmountInput {
  readonly shift: boolean;
  readonly byte: boolean;
  readonly extend: boolean;
  readonly amount: number;
  readonly power: number;
  readonly capped: number;
  readonly over: number;
  readonly carry: boolean;
  readonly bit: number;
  readonly high: boolean;
  readonly none: boolean;
}

export interface SignInput {
  readonly magnitude: boolean;
  readonly flip: boolean;
  readonly negate: boolean;
  readonly negative: boolean;
  readonly x: number;
  readonly y: number;
  readonly carry_lo: boolean;
  readonly carry_hi: boolean;
}

export interface PowerInput<F = number> {
  readonly begin: boolean;
  readonly square: boolean;
  readonly multiply: boolean;
  readonly base: number;
  readonly exponent: number;
  readonly power: number;
  readonly high: number;
  readonly product: F;
  readonly carry: boolean;
}

export interface BitwiseInput {
  readonly and: boolean;
  readonly or: boolean;
  readonly xor: boolean;
  readonly not: boolean;
  readonly a: number;
  readonly b: number;
  readonly result: number;
  readonly p_hi: bigint;
  readonly p_lo: bigint;
  readonly q_hi: bigint;
  readonly q_lo: bigint;
}

export interface MuldivInput<F = number> {
  readonly mul: boolean;
  readonly div: boolean;
  readonly modulo: boolean;
  readonly shl: boolean;
  readonly shr: boolean;
  readonly a: number;
  readonly b: number;
  readonly y: number;
  readonly result: number;
  readonly other: number;
  readonly amount: F;
  readonly product: F;
}

export interface SignedInput<F = number> {
  readonly sdiv: boolean;
  readonly smod: boolean;
  readonly sar: boolean;
  readonly signextend: boolean;
  readonly byte: boolean;
  readonly a: number;
  readonly b: number;
  readonly result: number;
  readonly word: number;
  readonly dividend: number;
  readonly divisor: number;
  readonly quotient: number;
  readonly remainder: number;
  readonly factor: number;
  readonly high: number;
  readonly negative: boolean;
  readonly divisor_negative: boolean;
  readonly divisor_fact: F;
  readonly shift_fact: F;
  readonly dividend_fact: F;
  readonly division_fact: F;
  readonly result_fact: F;
}

export interface ModularInput<F = number> {
  readonly addmod: boolean;
  readonly mulmod: boolean;
  readonly a: number;
  readonly b: number;
  readonly n: number;
  readonly spare: number;
  readonly h: number;
  readonly d: number;
  readonly high_quotient: number;
  readonly e: number;
  readonly low_quotient: number;
  readonly result: number;
  readonly product: F;
  readonly high_division: F;
  readonly low_division: F;
}

export interface ExpInput<F = number> {
  readonly used: boolean;
  readonly a: number;
  readonly b: number;
  readonly result: number;
  readonly bytes: number;
  readonly some: boolean;
  readonly bits: number;
  readonly below: number;
  readonly highest: number;
  readonly remainder: number;
  readonly power: F;
  readonly amount: F;
  readonly division: F;
}

export interface WordsInput<F = number> {
  readonly products: readonly ProductInput[];
  readonly amounts: readonly AmountInput[];
  readonly signs: readonly SignInput[];
  readonly powers: readonly PowerInput<F>[];
  readonly bitwise: readonly BitwiseInput[];
  readonly muldiv: readonly MuldivInput<F>[];
  readonly signed: readonly SignedInput<F>[];
  readonly modular: readonly ModularInput<F>[];
  readonly exp: readonly ExpInput<F>[];
}
