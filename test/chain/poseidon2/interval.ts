/**
 * What may stand in a 64-bit word of the kernel: a range of integers modulo 2^64, or a range of doubles all of whose values are multiples of a power
 * of two. Every operation gives all results that are possible and throws OutOfRange when one could be rounded, wrap where that matters, or change
 * its exponent. A range of one value makes it exact arithmetic.
 */

export class OutOfRange extends Error {}

const WORD = 1n << 64n;
const MANTISSA = 1n << 53n;

/** a b, rounded to a multiple of `unit` and added to `base`. */
interface Rounded {
  readonly a: Word;
  readonly b: Word;
  readonly base: bigint;
  readonly unit: bigint;
}

export class Word {
  readonly kind: 'integer' | 'double';
  readonly low: bigint;
  readonly high: bigint;
  /** Every value of a double is a multiple of it. */
  readonly unit: bigint;
  /** For a double that is the high part of a product. */
  readonly rounded: Rounded | undefined;
  /** For a double from which the high part of a product was taken: `base` is what is left beside. */
  readonly without: Rounded | undefined;
  #bits: Word | undefined;
  #value: Word | undefined;

  constructor(
    kind: 'integer' | 'double',
    low: bigint,
    high: bigint,
    unit = 1n,
    marks: { readonly rounded?: Rounded; readonly without?: Rounded } = {},
  ) {
    if (low > high) throw new Error('an empty range');
    this.kind = kind;
    this.low = low;
    this.high = high;
    this.unit = unit;
    this.rounded = marks.rounded;
    this.without = marks.without;
  }

  /** The same word read as an integer, below 2^64. */
  get bits(): Word {
    this.#bits ??= this.kind === 'double' ? new Word('integer', bitsOf(this.low), bitsOf(this.high)) : unsigned(this);
    return this.#bits;
  }

  /** The same word read as a double. */
  get value(): Word {
    this.#value ??= this.kind === 'double' ? this : doubleOf(this.bits);
    return this.#value;
  }
}

export const integer = (low: bigint, high = low): Word => new Word('integer', low, high);
export const double = (low: bigint, high = low): Word => new Word('double', low, high);

function unsigned(word: Word): Word {
  const turn = word.low >> 64n;
  if (word.high >> 64n !== turn) throw new OutOfRange('an integer passes 2^64');
  return turn === 0n ? word : integer(word.low - turn * WORD, word.high - turn * WORD);
}

/** In [-2^63, 2^63). */
export function signed(word: Word): Word {
  const { low, high } = shifted(word, WORD / 2n);
  return integer(low - WORD / 2n, high - WORD / 2n);
}

const shifted = (word: Word, by: bigint): Word =>
  unsigned(integer(integerOf(word).low + by, integerOf(word).high + by));
const integerOf = (word: Word): Word => (word.kind === 'integer' ? word : word.bits);

/** Exponent of a positive integer: 2^e <= x < 2^(e + 1). */
const exponentOf = (x: bigint): bigint => BigInt(x.toString(2).length - 1);

function bitsOf(value: bigint): bigint {
  if (value <= 0n) throw new OutOfRange('the bits of a double that may be negative are used as an integer');
  const exponent = exponentOf(value);
  const mantissa = exponent >= 52n ? value >> (exponent - 52n) : value << (52n - exponent);
  return ((exponent + 1023n) << 52n) + mantissa - (1n << 52n);
}

function doubleOf({ low, high }: Word): Word {
  if (low === high && low === 0n) return double(0n);
  const exponent = (low >> 52n) - 1023n;
  if (low === high) return exactDouble(low);
  if (low >= WORD / 2n || exponent < 52n || high >> 52n !== low >> 52n)
    throw new OutOfRange('an integer leaves the mantissa of its double');
  const unit = 1n << (exponent - 52n);
  const of = (bits: bigint) => ((bits & ((1n << 52n) - 1n)) + (1n << 52n)) * unit;
  return new Word('double', of(low), of(high), unit);
}

/** One double, as the table of constants holds them: an integer of either sign. */
function exactDouble(bits: bigint): Word {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  const value = view.getFloat64(0);
  if (!Number.isInteger(value)) throw new OutOfRange('a double that is not an integer');
  return double(BigInt(value));
}

/** Greatest power of two that divides both units. A single value has no unit of its own but what divides it. */
function commonUnit(a: Word, b: Word): bigint {
  const unitOf = ({ low, high, unit }: Word) => (low === high && low !== 0n ? low & -low : unit);
  if (a.low === 0n && a.high === 0n) return unitOf(b);
  if (b.low === 0n && b.high === 0n) return unitOf(a);
  return unitOf(a) < unitOf(b) ? unitOf(a) : unitOf(b);
}

/** A sum that no rounding touches. */
function exact(low: bigint, high: bigint, unit: bigint, marks?: { readonly without?: Rounded }): Word {
  const bound = MANTISSA * unit;
  if (low < -bound || high > bound) throw new OutOfRange('a double has more than 53 bits');
  return new Word('double', low, high, unit, marks);
}

export function addDoubles(x: Word, y: Word): Word {
  const [a, b] = [x.value, y.value];
  return exact(a.low + b.low, a.high + b.high, commonUnit(a, b));
}

export function subtractDoubles(x: Word, y: Word): Word {
  const [a, b] = [x.value, y.value];
  const { rounded } = b;
  const without = rounded !== undefined && a.low === a.high ? { ...rounded, base: a.low - rounded.base } : undefined;
  return exact(a.low - b.high, a.high - b.low, commonUnit(a, b), without && { without });
}

/** Nearest multiple of `unit`, ties to the even one. */
export function roundTo(x: bigint, unit: bigint): bigint {
  const floor = x >= 0n ? x / unit : -((-x + unit - 1n) / unit);
  const rest = x - floor * unit;
  const isUp = 2n * rest > unit || (2n * rest === unit && (floor & 1n) === 1n);
  return (isUp ? floor + 1n : floor) * unit;
}

export function productRange(a: Word, b: Word): readonly [low: bigint, high: bigint] {
  const ends = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return [ends.reduce((x, y) => (y < x ? y : x)), ends.reduce((x, y) => (y > x ? y : x))];
}

/** a b + c with one rounding. */
export function multiplyAdd(a: Word, b: Word, c: Word): Word {
  const [x, y, z] = [a.value, b.value, c.value];
  const [low, high] = productRange(x, y);
  const { without } = z;
  if (without !== undefined && without.a === a && without.b === b) {
    // What the rounding of the same product left, beside the base: at most half a unit.
    const { base, unit } = without;
    const rest = low === high ? low - roundTo(low, unit) : undefined;
    return exact(base + (rest ?? -unit / 2n), base + (rest ?? unit / 2n), 1n);
  }
  const isExact = low + z.low >= -MANTISSA && high + z.high <= MANTISSA;
  if (isExact) return double(low + z.low, high + z.high);
  if (z.low !== z.high) throw new OutOfRange('a product is added to something large that is not constant');
  const base = z.low;
  const exponent = exponentOf(base);
  if (base + low < 1n << exponent || base + high >= 2n << exponent) {
    throw new OutOfRange('a product is too large to be split');
  }
  const unit = 1n << (exponent - 52n);
  return new Word('double', base + roundTo(low, unit), base + roundTo(high, unit), unit, {
    rounded: { a, b, base, unit },
  });
}

export function add(x: Word, y: Word): Word {
  const [a, b] = [integerOf(x), integerOf(y)];
  return integer(a.low + b.low, a.high + b.high);
}

export const shiftLeft = (x: Word, by: bigint): Word => integer(integerOf(x).low << by, integerOf(x).high << by);
export const shiftRight = (x: Word, by: bigint): Word => integer(x.bits.low >> by, x.bits.high >> by);
export const shiftRightSigned = (x: Word, by: bigint): Word => integer(signed(x).low >> by, signed(x).high >> by);

const isConstant = (x: Word): boolean => integerOf(x).low === integerOf(x).high;

export function and(x: Word, y: Word): Word {
  if (!isConstant(x) && !isConstant(y)) throw new OutOfRange('neither operand of `and` is constant');
  const mask = (isConstant(y) ? y : x).bits.low;
  const range = integerOf(isConstant(y) ? x : y);
  const { low, high } = range;
  if (isConstant(range)) return integer(range.bits.low & mask);
  const period = mask + 1n;
  if ((mask & period) === 0n) {
    // Low bits of something that may wrap: all are possible, unless it stays within one period.
    return low >= 0n && low / period === high / period ? integer(low & mask, high & mask) : integer(0n, mask);
  }
  // A sign spread over the word, 0 or -1.
  if (low === -1n && high === 0n) return mask < WORD / 2n ? integer(0n, mask) : integer(mask - WORD, 0n);
  throw new OutOfRange('`and` of a range with something that is no mask');
}

const wraps = (x: Word): boolean => x.kind === 'integer' && x.low >> 64n !== x.high >> 64n;

export function or(x: Word, y: Word): Word {
  if (wraps(x) || wraps(y)) return integer(0n, WORD - 1n);
  const [a, b] = [x.bits, y.bits];
  if (isConstant(a) && isConstant(b)) return integer(a.low | b.low);
  const [constant, range] = isConstant(a) ? [a, b] : [b, a];
  if (isConstant(constant) && constant.low !== 0n && range.high < (constant.low & -constant.low))
    return add(constant, range);
  return integer(0n, WORD - 1n);
}

export const join = (a: Word, b: Word): Word =>
  integer(a.bits.low < b.bits.low ? a.bits.low : b.bits.low, a.bits.high > b.bits.high ? a.bits.high : b.bits.high);
