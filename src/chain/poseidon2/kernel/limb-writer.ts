/** Writes arithmetic on limbs and columns (format.ts), on two states at once. No branch and no address depends on the data. */

import { FunctionWriter, type ValueType } from './assembler.ts';
import type { ConstantTable } from './constant-table.ts';
import {
  DIGIT_EXPONENT,
  DIGIT_MASK,
  DIGIT_OFFSET,
  INTEGER_OFFSET,
  productOffsets,
  SPLIT,
  SPLIT_BACK,
} from './format.ts';
import { PRODUCT_COLUMNS, VECTOR_BYTES } from './layout.ts';
import { doubleBits, LIMBS, NEGATED_INVERSE, RADIX_BITS } from './limbs.ts';

/** Pushes limb or column `i` on the stack. */
export type Source = (i: number) => void;
export type Product = readonly [push: () => void, push: () => void];
/** The products of column k. */
export type Products = (k: number) => Product[];

export class LimbWriter extends FunctionWriter {
  readonly #constants: ConstantTable;
  readonly #zero = this.local('i32');
  readonly #high = this.local('v128');
  readonly #a = this.local('v128');
  readonly #b = this.local('v128');
  readonly #split = this.local('v128');
  readonly #splitBack = this.local('v128');
  readonly #mask = this.local('v128');
  readonly #exponent = this.local('v128');
  readonly #digitOffset = this.local('v128');

  constructor(constants: ConstantTable, params: readonly ValueType[]) {
    super(params);
    this.#constants = constants;
  }

  /** To be written before any arithmetic. */
  begin(): this {
    return this.splat(SPLIT)
      .set(this.#split)
      .splat(SPLIT_BACK)
      .set(this.#splitBack)
      .splat(DIGIT_MASK)
      .set(this.#mask)
      .splat(DIGIT_EXPONENT)
      .set(this.#exponent)
      .splat(DIGIT_OFFSET)
      .set(this.#digitOffset);
  }

  locals(count: number): number[] {
    return Array.from({ length: count }, () => this.local('v128'));
  }

  /** Pushes a vector with the same 64 bits in both halves. */
  constant(bits: bigint): this {
    return this.get(this.#zero).memory('v128.load', this.#constants.word(bits));
  }

  load(base: number, offset: number): number[] {
    const locals = this.locals(LIMBS);
    for (const [i, local] of locals.entries())
      this.get(base)
        .memory('v128.load', offset + i * VECTOR_BYTES)
        .set(local);
    return locals;
  }

  store(values: readonly number[], base: number, offset: number): void {
    for (const [i, value] of values.entries())
      this.get(base)
        .get(value)
        .memory('v128.store', offset + i * VECTOR_BYTES);
  }

  ofLocals =
    (locals: readonly number[]): Source =>
    (i) =>
      void this.get(locals[i]!);

  ofMemory =
    (base: number, offset: number): Source =>
    (i) =>
      void this.get(base).memory('v128.load', offset + i * VECTOR_BYTES);

  /** Adds a b to `column`, its high part to `next`. */
  addProduct([pushA, pushB]: Product, column: number, next: number): void {
    pushA();
    this.set(this.#a);
    pushB();
    this.set(this.#b);
    this.get(this.#a).get(this.#b).get(this.#split).op('f64x2.relaxed_madd').set(this.#high);
    this.get(next).get(this.#high).op('i64x2.add').set(next);
    this.get(this.#a).get(this.#b).get(this.#splitBack).get(this.#high).op('f64x2.sub').op('f64x2.relaxed_madd');
    this.get(column).op('i64x2.add').set(column);
  }

  /** Pushes the low digit of `column` as a double, in [-2^50, 2^50). */
  digit(column: number): this {
    return this.get(column)
      .get(this.#mask)
      .op('v128.and')
      .get(this.#exponent)
      .op('v128.or')
      .get(this.#digitOffset)
      .op('f64x2.sub');
  }

  /** Pushes the digit q, within 2^50, that makes `column + q p` a multiple of 2^51: the low part of digit * (-1/p). */
  montgomeryDigit(column: number): this {
    this.digit(column).set(this.#a);
    this.constant(doubleBits(NEGATED_INVERSE)).set(this.#b);
    this.get(this.#a).get(this.#b).get(this.#splitBack);
    this.get(this.#a).get(this.#b).get(this.#split).op('f64x2.relaxed_madd');
    return this.op('f64x2.sub').op('f64x2.relaxed_madd').constant(INTEGER_OFFSET).op('f64x2.sub');
  }

  /** Stores the columns of `products` from `offset(base)` on, unreduced. */
  storeColumns(products: Products, base: number, offset: number): void {
    const columns = this.locals(PRODUCT_COLUMNS + 1);
    for (let k = 0; k < PRODUCT_COLUMNS; k++) {
      this.constant(-productOffsets(products(k).length, k === 0 ? 0 : products(k - 1).length)).set(columns[k]!);
    }
    for (let k = 0; k < PRODUCT_COLUMNS; k++) {
      for (const product of products(k)) this.addProduct(product, columns[k]!, columns[k + 1]!);
      this.get(base)
        .get(columns[k]!)
        .memory('v128.store', offset + k * VECTOR_BYTES);
    }
  }

  /** Turns columns that start from `carryStart` into limbs. */
  toMultiplicand(columns: readonly number[]): number[] {
    const limbs = this.locals(LIMBS);
    for (let i = 0; i < LIMBS - 1; i++) {
      const next = columns[i + 1]!;
      this.get(columns[i]!).i32(RADIX_BITS).op('i64x2.shr_u').get(next).op('i64x2.add').set(next);
      this.digit(columns[i]!).set(limbs[i]!);
    }
    this.get(columns[LIMBS - 1]!)
      .constant(INTEGER_OFFSET)
      .op('f64x2.sub')
      .set(limbs[LIMBS - 1]!);
    return limbs;
  }

  /** `columns + addend`, where the addend stands in the constant table. */
  withAddend(columns: readonly number[], constants: number, offset: number): number[] {
    const sums = this.locals(LIMBS);
    for (const [i, column] of columns.entries()) {
      this.get(constants)
        .memory('v128.load', offset + i * VECTOR_BYTES)
        .get(column)
        .op('i64x2.add')
        .set(sums[i]!);
    }
    return sums;
  }
}

/** Of a sum of multiplications. */
export function multiplications(pairs: readonly (readonly [Source, Source])[]): Products {
  return (k) =>
    pairs.flatMap(([a, b]) =>
      Array.from({ length: LIMBS }, (_, i): [number, number] => [i, k - i])
        .filter(([, j]) => j >= 0 && j < LIMBS)
        .map(([i, j]): Product => [() => a(i), () => b(j)]),
    );
}

/** Of a square; `doubled` is twice the value. */
export function square(a: Source, doubled: Source): Products {
  return (k) =>
    Array.from({ length: LIMBS }, (_, i): [number, number] => [i, k - i])
      .filter(([i, j]) => j >= i && j < LIMBS)
      .map(([i, j]): Product => [() => (i === j ? a : doubled)(i), () => a(j)]);
}
