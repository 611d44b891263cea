/**
 * Writes the WebAssembly kernel: the permutation for two states at once, one in each half of a 128-bit vector. Multiplications are done in
 * doubles with `f64x2.relaxed_madd`, so the kernel is right only where that instruction rounds once (every x86-64 with FMA3, every arm64);
 * poseidon2-engine.ts tries it before using it. No branch and no address depends on the data.
 *
 * Two forms of a number (poseidon2-limbs.ts): "limbs", five doubles that can be multiplied, and "columns", 64-bit integers before carries.
 * Magnitudes, p = 0.378 * 2^255: a six-limb reduction gives at most 0.75 p whatever its input here; an S-box input is at most 1.25 p, its
 * square 1.34 p, its fourth power 1.43 p, a history value 1.95 p; the top limb of each stays below 2^51, the others within 2^50.
 */

import { assert } from '../base/assert.ts';
import { FULL_ROUNDS_HALF, PARTIAL_ROUNDS } from './poseidon2-constants.ts';
import {
  doubleBits,
  inverse,
  LIMBS,
  MODULUS_LIMBS,
  NEGATED_INVERSE,
  RADIX,
  RADIX_BITS,
  toLimbs,
} from './poseidon2-limbs.ts';
import { type Rounds, scaleRounds } from './poseidon2-rounds.ts';
import { FunctionWriter, type ValueType, writeModule } from './poseidon2-wasm-writer.ts';

export const MEMORY_PAGES_MAX = 65_536;

/** Bytes of the constant table, which is written at address 0 of the memory. */
export const CONSTANTS_BYTES = 196_608;
/** Bytes of scratch space a thread passes to the kernel. */
export const SCRATCH_BYTES = 16_384;

/** A job of `compress`: addresses of three inputs and of the output. */
export const JOB_BYTES = 16;
export const FR_BYTES = 32;

const VECTOR_BYTES = 16;
const LIMBS_BYTES = LIMBS * VECTOR_BYTES;
const PRODUCT_COLUMNS = 2 * LIMBS;
const COLUMNS_BYTES = PRODUCT_COLUMNS * VECTOR_BYTES;
const WIDTH = 4;

// Products: `high = a b + SPLIT` keeps the multiple of 2^51 of a b, `low = a b + (SPLIT_BACK - high)` the rest; read as integers, each is the
// number wanted plus a constant, which is taken out of a column's start value.
const SPLIT = doubleBits(3n << 102n);
const SPLIT_BACK = doubleBits((3n << 102n) + (3n << 51n));
const HIGH_OFFSET = SPLIT;
const LOW_OFFSET = doubleBits(3n << 51n);

// A column is made positive before its carry is shifted out, as vectors have no cheap arithmetic shift; the next column takes that back.
const POSITIVE = 1n << 62n;
const CARRY_OFFSET = POSITIVE >> BigInt(RADIX_BITS);
const ROUNDING = RADIX / 2n;
const DIGIT_MASK = RADIX - 1n;
const DIGIT_EXPONENT = doubleBits(1n << 52n);
const DIGIT_OFFSET = doubleBits((1n << 52n) + ROUNDING);
const INTEGER_OFFSET = doubleBits(3n << 51n);

// Scratch layout.
const INPUTS = 0;
const STATE = INPUTS + WIDTH * LIMBS_BYTES;
const PRODUCTS = STATE + WIDTH * LIMBS_BYTES;
const MIXED = PRODUCTS + WIDTH * COLUMNS_BYTES;
const RESULT = MIXED + WIDTH * COLUMNS_BYTES;
/** u(-2), u(-1), u(0), u(1), ... */
const HISTORY = RESULT + LIMBS_BYTES;
const HISTORY_LENGTH = PARTIAL_ROUNDS + 3;

/** The constant table, each word twice to fill a vector (a load that repeats a word costs an address computation in V8): multiplicands as doubles, addends as integers with what the next carry needs. */
class Constants {
  readonly #words: bigint[] = [];
  readonly #pool = new Map<bigint, number>();

  #put(...words: bigint[]): number {
    const address = this.#words.length * VECTOR_BYTES;
    this.#words.push(...words.map((word) => BigInt.asUintN(64, word)));
    return address;
  }

  multiplicands(...values: readonly bigint[]): number {
    return this.#put(...values.flatMap((x) => toLimbs(x).map(doubleBits)));
  }

  addends(...values: readonly bigint[]): number {
    return this.#put(...values.flatMap((x) => toLimbs(x).map((limb, i) => limb + carryStart(i))));
  }

  /** Integers without what a carry needs. */
  limbs(...values: readonly bigint[]): number {
    return this.#put(...values.flatMap(toLimbs));
  }

  /** Address of a single word; equal words share one. */
  word(bits: bigint): number {
    const word = BigInt.asUintN(64, bits);
    const address = this.#pool.get(word) ?? this.#put(word);
    this.#pool.set(word, address);
    return address;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    assert(
      this.#words.length * VECTOR_BYTES <= CONSTANTS_BYTES,
      'the constant table of the hash kernel has outgrown its place',
    );
    const bytes = new Uint8Array(CONSTANTS_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [i, word] of this.#words.entries()) {
      view.setBigUint64(i * VECTOR_BYTES, word, true);
      view.setBigUint64(i * VECTOR_BYTES + 8, word, true);
    }
    return bytes;
  }
}

/** What a column needs so that `toMultiplicand` can split off its carry. */
function carryStart(limb: number): bigint {
  const taken = limb === 0 ? 0n : CARRY_OFFSET;
  return limb === LIMBS - 1 ? INTEGER_OFFSET - taken : POSITIVE + ROUNDING - taken;
}

/** Pushes limb or column `i` on the stack. */
type Source = (i: number) => void;
type Product = readonly [push: () => void, push: () => void];

/** Code that is written in steps and ends in locals, so that two independent computations can be written in turns. */
type Emission = Generator<void, number[]>;

function finish(emission: Emission): number[] {
  for (;;) {
    const step = emission.next();
    if (step.done === true) return step.value;
  }
}

/** Writes `turns[i]` steps of each in turn: a processor looks a few hundred instructions ahead, less than one of these reductions. */
function interleave(emissions: readonly Emission[], turns: readonly number[]): number[][] {
  const results: (number[] | undefined)[] = emissions.map(() => undefined);
  while (results.includes(undefined)) {
    for (const [i, emission] of emissions.entries()) {
      for (let step = 0; step < turns[i]! && results[i] === undefined; step++) {
        const { done, value } = emission.next();
        if (done === true) results[i] = value;
      }
    }
  }
  return results as number[][];
}

/** Something to reduce, column by column. */
interface Sum {
  readonly steps: number;
  readonly standard: 1 | 2;
  readonly products: (k: number) => Product[];
  readonly addends: (k: number) => readonly (() => void)[];
  /**
   * Multiplications by constants: limb j of a factor times the five limbs of (constant * 2^51j mod p). The sum is not twice as long as its factors, so
   * it enters two steps before the last.
   */
  readonly rows?: {
    readonly at: number;
    readonly count: number;
    readonly factor: (row: number) => void;
    readonly constant: (i: number) => void;
  };
  /** Added to the columns of the result. */
  readonly start: (limb: number) => bigint;
}

class Kernel extends FunctionWriter {
  readonly #constants: Constants;
  readonly #zero = this.local('i32');
  readonly #high = this.local('v128');
  readonly #a = this.local('v128');
  readonly #b = this.local('v128');
  readonly #split = this.local('v128');
  readonly #splitBack = this.local('v128');
  readonly #mask = this.local('v128');
  readonly #exponent = this.local('v128');
  readonly #digitOffset = this.local('v128');

  constructor(constants: Constants, params: readonly ValueType[]) {
    super(params);
    this.#constants = constants;
  }

  /** Pushes a vector with the same 64 bits in both halves. */
  constant(bits: bigint): this {
    return this.get(this.#zero).memory('v128.load', this.#constants.word(bits));
  }

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

  /** Adds a b to `column`, its high part to `next`. */
  #addProduct([pushA, pushB]: Product, column: number, next: number): void {
    pushA();
    this.set(this.#a);
    pushB();
    this.set(this.#b);
    this.get(this.#a).get(this.#b).get(this.#split).op('f64x2.relaxed_madd').set(this.#high);
    this.get(next).get(this.#high).op('i64x2.add').set(next);
    this.get(this.#a).get(this.#b).get(this.#splitBack).get(this.#high).op('f64x2.sub').op('f64x2.relaxed_madd');
    this.get(column).op('i64x2.add').set(column);
  }

  /** The low digit of `column` as a double, in [-2^50, 2^50). */
  #digit(column: number): this {
    return this.get(column)
      .get(this.#mask)
      .op('v128.and')
      .get(this.#exponent)
      .op('v128.or')
      .get(this.#digitOffset)
      .op('f64x2.sub');
  }

  /** The products of column k of a sum of multiplications. */
  static multiplications(pairs: readonly (readonly [Source, Source])[]): (k: number) => Product[] {
    return (k) =>
      pairs.flatMap(([a, b]) =>
        Array.from({ length: LIMBS }, (_, i): [number, number] => [i, k - i])
          .filter(([, j]) => j >= 0 && j < LIMBS)
          .map(([i, j]): Product => [() => a(i), () => b(j)]),
      );
  }

  /** The products of column k of a square; `doubled` is twice the value. */
  static square(a: Source, doubled: Source): (k: number) => Product[] {
    return (k) =>
      Array.from({ length: LIMBS }, (_, i): [number, number] => [i, k - i])
        .filter(([i, j]) => j >= i && j < LIMBS)
        .map(([i, j]): Product => [() => (i === j ? a : doubled)(i), () => a(j)]);
  }

  /** Stores the columns of `products` from `offset(base)` on, unreduced. */
  storeColumns(products: (k: number) => Product[], base: number, offset: number): void {
    const columns = this.locals(PRODUCT_COLUMNS + 1);
    for (let k = 0; k < PRODUCT_COLUMNS; k++) {
      const offsets =
        BigInt(products(k).length) * LOW_OFFSET + BigInt(k === 0 ? 0 : products(k - 1).length) * HIGH_OFFSET;
      this.constant(-offsets).set(columns[k]!);
    }
    for (let k = 0; k < PRODUCT_COLUMNS; k++) {
      for (const product of products(k)) this.#addProduct(product, columns[k]!, columns[k + 1]!);
      this.get(base)
        .get(columns[k]!)
        .memory('v128.store', offset + k * VECTOR_BYTES);
    }
  }

  /** Reduces a sum: see `reduction`. */
  *reduce(sum: Sum): Emission {
    return yield* this.reduction(sum).finish();
  }

  /**
   * Montgomery reduction of a sum by `steps` limbs; `finish` leaves LIMBS columns in fresh locals. All steps but the last replace a low digit d by
   * d * (2^-51k mod p), k columns up: nothing need be divided. The last, or the last two, are Montgomery's own and bound the result, by 0.75 p and
   * 0.5 p beside the sum's own share.
   */
  reduction({ steps, standard, products, addends, rows, start }: Sum): {
    readonly addRows: () => Generator<void, void>;
    readonly finish: () => Emission;
  } {
    const columns = this.locals(steps + LIMBS + 1);
    const digits = this.locals(steps);
    const carry = this.local('v128');
    const grouped = steps - 2;
    const folded = steps - standard;
    const foldAt = (digit: number) => (digit < grouped ? grouped : grouped + 1);
    const foldLimbs = Array.from({ length: folded }, (_, d) => toLimbs(inverse(RADIX ** BigInt(foldAt(d) - d))));
    const folds = (k: number): Product[] =>
      foldLimbs.flatMap((limbs, d): Product[] => {
        const limb = limbs[k - foldAt(d)];
        return limb === undefined ? [] : [[() => this.get(digits[d]!), () => this.constant(doubleBits(limb))]];
      });
    const moduli = (k: number, first: number, end: number): Product[] =>
      digits.slice(first, end).flatMap((digit, i): Product[] => {
        const limb = MODULUS_LIMBS[k - first - i];
        return limb === undefined ? [] : [[() => this.get(digit), () => this.constant(doubleBits(limb))]];
      });
    const rowProducts = (k: number) => (rows !== undefined && k >= rows.at && k < rows.at + LIMBS ? rows.count : 0);
    const count = (k: number) =>
      products(k).length + folds(k).length + moduli(k, folded, steps).length + rowProducts(k);
    const begun = new Set<number>();
    const begin = (k: number) => {
      if (begun.has(k) || k >= steps + LIMBS) return;
      begun.add(k);
      const offsets = BigInt(count(k)) * LOW_OFFSET + BigInt(k === 0 ? 0 : count(k - 1)) * HIGH_OFFSET;
      const carried = k === 0 || k > steps ? 0n : CARRY_OFFSET;
      const bias = k < steps ? POSITIVE + ROUNDING : start(k - steps);
      this.constant(bias - carried - offsets).set(columns[k]!);
    };
    let areRowsIn = rows === undefined;

    function* addRows(this: Kernel): Generator<void, void> {
      if (rows === undefined) return;
      areRowsIn = true;
      const factor = this.local('v128');
      for (let k = rows.at; k <= rows.at + LIMBS; k++) begin(k);
      for (let row = 0; row < rows.count; row++) {
        rows.factor(row);
        this.set(factor);
        for (let limb = 0; limb < LIMBS; limb++) {
          const k = rows.at + limb;
          const product: Product = [() => this.get(factor), () => rows.constant(row * LIMBS + limb)];
          yield this.#addProduct(product, columns[k]!, columns[k + 1]!);
        }
      }
    }

    function* finish(this: Kernel): Emission {
      assert(areRowsIn, 'the rows of a sum are written before it is reduced');
      begin(0);
      for (let k = 0; k < steps + LIMBS; k++) {
        const column = columns[k]!;
        const next = columns[k + 1]!;
        begin(k + 1);
        for (const product of products(k)) yield this.#addProduct(product, column, next);
        for (const addend of addends(k)) {
          addend();
          this.get(column).op('i64x2.add').set(column);
        }
        for (const product of folds(k)) yield this.#addProduct(product, column, next);
        for (const product of moduli(k, folded, Math.min(k, steps))) yield this.#addProduct(product, column, next);
        // The carry comes last, so that no column's sum waits for the one below.
        if (k > 0 && k <= steps) this.get(carry).get(column).op('i64x2.add').set(column);
        if (k < folded) this.#digit(column).set(digits[k]!);
        if (k >= folded && k < steps) {
          this.#digit(column).set(this.#a);
          this.constant(doubleBits(NEGATED_INVERSE)).set(this.#b);
          this.get(this.#a).get(this.#b).get(this.#splitBack);
          this.get(this.#a).get(this.#b).get(this.#split).op('f64x2.relaxed_madd');
          this.op('f64x2.sub').op('f64x2.relaxed_madd').constant(INTEGER_OFFSET).op('f64x2.sub').set(digits[k]!);
          for (const product of moduli(k, k, k + 1)) yield this.#addProduct(product, column, next);
        }
        if (k < steps) this.get(column).i32(RADIX_BITS).op('i64x2.shr_u').set(carry);
      }
      return columns.slice(steps, steps + LIMBS);
    }
    return { addRows: () => addRows.call(this), finish: () => finish.call(this) };
  }

  /** Turns columns that start from `carryStart` into limbs. */
  toMultiplicand(columns: readonly number[]): number[] {
    const limbs = this.locals(LIMBS);
    for (let i = 0; i < LIMBS - 1; i++) {
      const next = columns[i + 1]!;
      this.get(columns[i]!).i32(RADIX_BITS).op('i64x2.shr_u').get(next).op('i64x2.add').set(next);
      this.#digit(columns[i]!).set(limbs[i]!);
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

  ofLocals =
    (locals: readonly number[]): Source =>
    (i) =>
      void this.get(locals[i]!);

  ofMemory =
    (base: number, offset: number): Source =>
    (i) =>
      void this.get(base).memory('v128.load', offset + i * VECTOR_BYTES);

  ofConstants =
    (base: number, offset: number): Source =>
    (i) =>
      void this.get(base).memory('v128.load', offset + i * VECTOR_BYTES);

  store(values: readonly number[], base: number, offset: number): void {
    for (const [i, value] of values.entries())
      this.get(base)
        .get(value)
        .memory('v128.store', offset + i * VECTOR_BYTES);
  }

  load(base: number, offset: number): number[] {
    const locals = this.locals(LIMBS);
    for (const [i, local] of locals.entries())
      this.get(base)
        .memory('v128.load', offset + i * VECTOR_BYTES)
        .set(local);
    return locals;
  }

  *#squared(value: readonly number[]): Emission {
    const doubled = this.locals(LIMBS);
    for (const [i, limb] of value.entries()) this.get(limb).get(limb).op('f64x2.add').set(doubled[i]!);
    const products = Kernel.square(this.ofLocals(value), this.ofLocals(doubled));
    return yield* this.reduce({ steps: LIMBS, standard: 1, products, addends: noAddends, start: carryStart });
  }

  /** The fourth power, as limbs. */
  *fourthPower(value: readonly number[]): Emission {
    const square = this.toMultiplicand(yield* this.#squared(value));
    return this.toMultiplicand(yield* this.#squared(square));
  }
}

const none = (): bigint => 0n;
const noProducts = (): Product[] => [];
const noAddends = (): (() => void)[] => [];

/** (lane 0 address, lane 1 address, limbs out): reads two 32-byte little-endian integers. */
function writeLoad(constants: Constants): Kernel {
  const f = new Kernel(constants, ['i32', 'i32', 'i32']);
  f.begin();
  const words = f.locals(4);
  for (const [i, word] of words.entries())
    f.get(0)
      .memory('v128.load64_splat', i * 8)
      .set(word)
      .get(1)
      .get(word)
      .loadLane1(i * 8)
      .set(word);
  for (let limb = 0; limb < LIMBS; limb++) {
    const bit = limb * RADIX_BITS;
    const word = Math.floor(bit / 64);
    const shift = bit % 64;
    f.get(2).get(words[word]!).i32(shift).op('i64x2.shr_u');
    if (shift + RADIX_BITS > 64 && word + 1 < 4)
      f.get(words[word + 1]!)
        .i32(64 - shift)
        .op('i64x2.shl')
        .op('v128.or');
    f.constant(DIGIT_MASK)
      .op('v128.and')
      .constant(DIGIT_EXPONENT)
      .op('v128.or')
      .constant(DIGIT_EXPONENT)
      .op('f64x2.sub');
    f.memory('v128.store', limb * VECTOR_BYTES);
  }
  return f;
}

/** (limbs, columns out): times the input factor. */
function writeScaleInput(constants: Constants, constant: number): Kernel {
  const f = new Kernel(constants, ['i32', 'i32']);
  const zero = f.local('i32');
  f.begin();
  f.storeColumns(Kernel.multiplications([[f.ofLocals(f.load(0, 0)), f.ofConstants(zero, constant)]]), 1, 0);
  return f;
}

/** (scratch): MIXED = external matrix times PRODUCTS, column by column. */
function writeMix(constants: Constants): Kernel {
  const f = new Kernel(constants, ['i32']);
  const column = f.local('i32');
  const end = f.local('i32');
  const [a, b, c, d, t0, t1, t2, t3, t4, t5] = f.locals(10) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  f.get(0).set(column).get(0).i32(COLUMNS_BYTES).op('i32.add').set(end);
  const add = (x: number, y: number, out: number) => f.get(x).get(y).op('i64x2.add').set(out);
  const addShifted = (x: number, shift: number, y: number, out: number) =>
    f.get(x).i32(shift).op('i64x2.shl').get(y).op('i64x2.add').set(out);
  f.loop(
    () => {
      for (const [j, local] of [a, b, c, d].entries())
        f.get(column)
          .memory('v128.load', PRODUCTS + j * COLUMNS_BYTES)
          .set(local);
      add(a, b, t0);
      add(c, d, t1);
      addShifted(b, 1, t1, t2);
      addShifted(d, 1, t0, t3);
      addShifted(t1, 2, t3, t4);
      addShifted(t0, 2, t2, t5);
      const put = (j: number, push: () => void) => {
        f.get(column);
        push();
        f.memory('v128.store', MIXED + j * COLUMNS_BYTES);
      };
      put(0, () => f.get(t3).get(t5).op('i64x2.add'));
      put(1, () => f.get(t5));
      put(2, () => f.get(t2).get(t4).op('i64x2.add'));
      put(3, () => f.get(t4));
      f.get(column).i32(VECTOR_BYTES).op('i32.add').set(column);
    },
    () => f.get(column).get(end).op('i32.ge_u'),
  );
  return f;
}

/** The product columns stored at the address in local `base`. */
const columnsAt =
  (f: Kernel, base: number) =>
  (k: number): (() => void)[] =>
    k < PRODUCT_COLUMNS ? [() => f.ofMemory(base, 0)(k)] : [];

/** (columns, addend, limbs out): reduces and adds a round constant. */
function writeReduce(constants: Constants): Kernel {
  const f = new Kernel(constants, ['i32', 'i32', 'i32']);
  f.begin();
  const reduced = finish(
    f.reduce({ steps: LIMBS + 1, standard: 1, products: noProducts, addends: columnsAt(f, 0), start: none }),
  );
  f.store(f.toMultiplicand(f.withAddend(reduced, 1, 0)), 2, 0);
  return f;
}

/** (two adjacent limbs, two adjacent columns out): fifth powers, not reduced; two, to have something to do while one waits for its carries. */
function writeSboxes(constants: Constants): Kernel {
  const f = new Kernel(constants, ['i32', 'i32']);
  f.begin();
  const values = [f.load(0, 0), f.load(0, LIMBS_BYTES)];
  const powers = interleave(
    values.map((value) => f.fourthPower(value)),
    [1, 1],
  );
  for (const [i, value] of values.entries()) {
    const products = Kernel.multiplications([[f.ofLocals(powers[i]!), f.ofLocals(value)]]);
    f.storeColumns(products, 1, i * COLUMNS_BYTES);
  }
  return f;
}

/** (three adjacent limbs, three constants, addend, limbs out): a row of a 3 x 3 matrix. */
function writeDot(constants: Constants): Kernel {
  const f = new Kernel(constants, ['i32', 'i32', 'i32', 'i32']);
  f.begin();
  const pairs = [0, 1, 2].map((j): [Source, Source] => [
    f.ofMemory(0, j * LIMBS_BYTES),
    f.ofConstants(1, j * LIMBS_BYTES),
  ]);
  const reduced = finish(
    f.reduce({
      steps: LIMBS + 1,
      standard: 1,
      products: Kernel.multiplications(pairs),
      addends: noAddends,
      start: none,
    }),
  );
  f.store(f.toMultiplicand(f.withAddend(reduced, 2, 0)), 3, 0);
  return f;
}

const HISTORY_TERMS = 3;
const ROWS = HISTORY_TERMS * LIMBS;
/** Per partial round: rows of c and of p, and what is added to the first element and to u. */
const PARTIAL = {
  c: 0,
  p: ROWS * LIMBS_BYTES,
  constant: 2 * ROWS * LIMBS_BYTES,
  negated: (2 * ROWS + 1) * LIMBS_BYTES,
  bytes: (2 * ROWS + 2) * LIMBS_BYTES,
};
/** Steps of the S-box and of the history written in turns. */
const TURNS = [2, 3];

/** (scratch, constants of the first partial round): all partial rounds on STATE[0] and HISTORY. */
function writePartial(constants: Constants): Kernel {
  const f = new Kernel(constants, ['i32', 'i32']);
  const history = f.local('i32');
  const end = f.local('i32');
  f.begin();
  const value = f.load(0, STATE);
  f.get(0).set(history);
  f.get(0)
    .i32(PARTIAL_ROUNDS * LIMBS_BYTES)
    .op('i32.add')
    .set(end);
  const rows = (at: number, table: number) => ({
    at,
    count: ROWS,
    factor: (row: number) => {
      const term = Math.floor(row / LIMBS);
      f.ofMemory(history, HISTORY + (HISTORY_TERMS - 1 - term) * LIMBS_BYTES)(row % LIMBS);
    },
    constant: f.ofConstants(1, table),
  });
  const addendAt = (at: number, offset: number) => (k: number) =>
    k >= at && k < at + LIMBS ? [() => f.ofConstants(1, offset)(k - at)] : [];
  const ENTRY = LIMBS - 2;

  f.loop(
    () => {
      const fourth = f.locals(LIMBS);
      const element = f.reduction({
        steps: LIMBS,
        standard: 2,
        products: Kernel.multiplications([[f.ofLocals(fourth), f.ofLocals(value)]]),
        addends: addendAt(ENTRY, PARTIAL.constant),
        rows: rows(ENTRY, PARTIAL.c),
        start: carryStart,
      });
      const newest = f.reduction({
        steps: 2,
        standard: 1,
        products: noProducts,
        addends: addendAt(0, PARTIAL.negated),
        rows: rows(0, PARTIAL.p),
        start: none,
      });
      function* sbox(): Emission {
        const power = yield* f.fourthPower(value);
        for (const [i, limb] of power.entries()) f.get(limb).set(fourth[i]!);
        return yield* element.finish();
      }
      function* past(): Emission {
        yield* element.addRows();
        yield* newest.addRows();
        return yield* newest.finish();
      }
      const [next, u] = interleave([sbox(), past()], TURNS) as [number[], number[]];
      for (const [i, column] of u.entries()) f.get(column).get(next[i]!).op('i64x2.add').set(column);
      f.store(f.toMultiplicand(u), history, HISTORY + HISTORY_TERMS * LIMBS_BYTES);
      for (const [i, limb] of f.toMultiplicand(next).entries()) f.get(limb).set(value[i]!);
      f.get(1).i32(PARTIAL.bytes).op('i32.add').set(1);
      f.get(history).i32(LIMBS_BYTES).op('i32.add').set(history);
    },
    () => f.get(history).get(end).op('i32.ge_u'),
  );
  f.store(value, 0, STATE);
  return f;
}

/** (columns, lane 0 address, lane 1 address): makes an output plain and canonical and stores both lanes. */
function writeOutput(constants: Constants, output: number, zero: number): Kernel {
  const f = new Kernel(constants, ['i32', 'i32', 'i32']);
  const base = f.local('i32');
  f.begin();
  const reduced = finish(
    f.reduce({ steps: LIMBS + 1, standard: 1, products: noProducts, addends: columnsAt(f, 0), start: none }),
  );
  const limbs = f.toMultiplicand(f.withAddend(reduced, base, zero));
  const product = Kernel.multiplications([[f.ofLocals(limbs), f.ofConstants(base, output)]]);
  const plain = finish(f.reduce({ steps: LIMBS + 1, standard: 1, products: product, addends: noAddends, start: none }));
  const lane = Array.from({ length: LIMBS }, () => f.local('i64'));
  const sign = f.local('i64');
  const mask = (limb: number) => f.get(lane[limb]!).i64(DIGIT_MASK).op('i64.and');
  const carry = () => {
    for (let i = 0; i < LIMBS - 1; i++) {
      f.get(lane[i]!)
        .i64(BigInt(RADIX_BITS))
        .op('i64.shr_s')
        .get(lane[i + 1]!)
        .op('i64.add')
        .set(lane[i + 1]!);
      mask(i).set(lane[i]!);
    }
  };
  for (const side of [0, 1] as const) {
    for (const [i, column] of plain.entries()) f.get(column).extractLane(side).set(lane[i]!);
    carry();
    // The value lies strictly between -p and p: add p when it is negative.
    f.get(lane[LIMBS - 1]!)
      .i64(63n)
      .op('i64.shr_s')
      .set(sign);
    for (const [i, limb] of MODULUS_LIMBS.entries())
      f.get(lane[i]!).get(sign).i64(limb).op('i64.and').op('i64.add').set(lane[i]!);
    carry();
    for (let word = 0; word < 4; word++) {
      const bit = word * 64;
      const first = Math.floor(bit / RADIX_BITS);
      f.get(1 + side)
        .get(lane[first]!)
        .i64(BigInt(bit - first * RADIX_BITS))
        .op('i64.shr_u');
      f.get(lane[first + 1]!)
        .i64(BigInt((first + 1) * RADIX_BITS - bit))
        .op('i64.shl')
        .op('i64.or');
      f.memory('i64.store', word * 8);
    }
  }
  return f;
}

const EXPORT_ORDER = [
  'load',
  'scaleInput',
  'mix',
  'reduce',
  'sboxes',
  'dot',
  'partial',
  'output',
  'core',
  'permute',
  'compress',
] as const;
const at = (label: (typeof EXPORT_ORDER)[number]): number => EXPORT_ORDER.indexOf(label);

/** (scratch): from INPUTS to the mixed columns of the last round. */
function writeCore(constants: Constants, rounds: Rounds): Kernel {
  const f = new Kernel(constants, ['i32']);
  const zero = constants.addends(0n);
  const scratch = (offset: number) => f.get(0).i32(offset).op('i32.add');
  const reduce = (j: number, addend: number) => {
    scratch(MIXED + j * COLUMNS_BYTES).i32(addend);
    scratch(STATE + j * LIMBS_BYTES).call(at('reduce'));
  };
  const dot = (from: number, row: readonly bigint[], addend: number, to: number) => {
    scratch(from)
      .i32(constants.multiplicands(...row))
      .i32(addend);
    scratch(to).call(at('dot'));
  };
  const sboxes = () => {
    for (let j = 0; j < WIDTH; j += 2) {
      scratch(STATE + j * LIMBS_BYTES);
      scratch(PRODUCTS + j * COLUMNS_BYTES).call(at('sboxes'));
    }
    f.get(0).call(at('mix'));
  };
  const fullRound = (round: number) => {
    for (const [j, x] of rounds.full[round]!.entries()) reduce(j, constants.addends(x));
    sboxes();
  };

  for (let j = 0; j < WIDTH; j++) {
    scratch(INPUTS + j * LIMBS_BYTES);
    scratch(PRODUCTS + j * COLUMNS_BYTES).call(at('scaleInput'));
  }
  f.get(0).call(at('mix'));
  for (let round = 0; round < FULL_ROUNDS_HALF; round++) fullRound(round);

  for (let j = 0; j < WIDTH; j++) reduce(j, j === 0 ? constants.addends(rounds.firstPartial) : zero);
  // History lies in memory oldest first.
  for (const [i, row] of rounds.toHistory.entries())
    dot(STATE + LIMBS_BYTES, row, zero, HISTORY + (2 - i) * LIMBS_BYTES);
  f.get(0).i32(layOutPartial(constants, rounds)).call(at('partial'));
  const [, ...afterPartial] = rounds.full[FULL_ROUNDS_HALF]!;
  for (const [i, row] of rounds.fromHistory.entries()) {
    const last = HISTORY + (HISTORY_LENGTH - 3) * LIMBS_BYTES;
    dot(last, [...row].reverse(), constants.addends(afterPartial[i]!), STATE + (i + 1) * LIMBS_BYTES);
  }
  sboxes();
  for (let round = FULL_ROUNDS_HALF + 1; round < 2 * FULL_ROUNDS_HALF; round++) fullRound(round);
  return f;
}

function layOutPartial(constants: Constants, rounds: Rounds): number {
  const addresses = rounds.partial.map(({ c, p, constant }) => {
    const address = constants.multiplicands(...c, ...p);
    constants.limbs(constant, -constant);
    return address;
  });
  return addresses[0]!;
}

/** (scratch, four adjacent inputs, four adjacent outputs): one permutation, both halves alike. */
function writePermute(constants: Constants): Kernel {
  const f = new Kernel(constants, ['i32', 'i32', 'i32']);
  const scratch = (offset: number) => f.get(0).i32(offset).op('i32.add');
  const element = (base: number, j: number) =>
    f
      .get(base)
      .i32(j * FR_BYTES)
      .op('i32.add');
  for (let j = 0; j < WIDTH; j++) {
    element(1, j);
    element(1, j);
    scratch(INPUTS + j * LIMBS_BYTES).call(at('load'));
  }
  f.get(0).call(at('core'));
  for (let j = 0; j < WIDTH; j++) {
    scratch(MIXED + j * COLUMNS_BYTES);
    element(2, j);
    element(2, j).call(at('output'));
  }
  return f;
}

/** (scratch, jobs, end of jobs, capacity element): the first element of the permutation of each job's three inputs and the capacity. */
function writeCompress(constants: Constants): Kernel {
  const f = new Kernel(constants, ['i32', 'i32', 'i32', 'i32']);
  const second = f.local('i32');
  const scratch = (offset: number) => f.get(0).i32(offset).op('i32.add');
  const address = (job: number, field: number) => f.get(job).memory('i32.load', field * 4);
  f.loop(
    () => {
      // An odd last job fills both halves.
      f.get(1)
        .i32(JOB_BYTES)
        .op('i32.add')
        .tee(second)
        .get(1)
        .get(second)
        .get(2)
        .op('i32.lt_u')
        .op('select')
        .set(second);
      for (let j = 0; j < WIDTH - 1; j++) {
        address(1, j);
        address(second, j);
        scratch(INPUTS + j * LIMBS_BYTES).call(at('load'));
      }
      f.get(3).get(3);
      scratch(INPUTS + (WIDTH - 1) * LIMBS_BYTES).call(at('load'));
      f.get(0).call(at('core'));
      scratch(MIXED);
      address(1, WIDTH - 1);
      address(second, WIDTH - 1).call(at('output'));
      f.get(1)
        .i32(2 * JOB_BYTES)
        .op('i32.add')
        .set(1);
    },
    () => f.get(1).get(2).op('i32.ge_u'),
  );
  return f;
}

/** Deterministic: the same bytes on every machine. `constants` is to stand at address 0 of the memory. */
export function writeKernel(): { module: Uint8Array<ArrayBuffer>; constants: Uint8Array<ArrayBuffer> } {
  const constants = new Constants();
  const rounds = scaleRounds();
  const functions = [
    writeLoad(constants),
    writeScaleInput(constants, constants.multiplicands(rounds.input)),
    writeMix(constants),
    writeReduce(constants),
    writeSboxes(constants),
    writeDot(constants),
    writePartial(constants),
    writeOutput(constants, constants.multiplicands(rounds.output), constants.addends(0n)),
    writeCore(constants, rounds),
    writePermute(constants),
    writeCompress(constants),
  ];
  const exports = { permute: at('permute'), compress: at('compress') };
  return { module: writeModule(functions, exports, MEMORY_PAGES_MAX), constants: constants.bytes() };
}
