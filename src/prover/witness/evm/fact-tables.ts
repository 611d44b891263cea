/** Facts about words (`circuits/evm/src/facts.nr`): each made once, when it is first asked for. */

import { LIMB } from '../../../chain/word.ts';
import type { EvmProfile } from './evm-profile.ts';
import type { ValueTable } from './value-table.ts';
import type { AmountInput, PowerInput, ProductInput, SignInput } from './word-inputs.ts';

const END = 1n << 256n;
const TOP_BIT = 1n << 255n;
const HALF_MASK = (1n << 64n) - 1n;

/** Row of a table of facts; null is no fact. */
export type FactRef = { readonly table: 'products' | 'amounts' | 'signs' | 'powers'; readonly row: number } | null;

/** Number of a fact in a profile. */
export function factNumber(ref: FactRef, { products, amounts, signs }: EvmProfile): number {
  if (ref === null) return 0;
  const starts = { products: 1, amounts: 1 + products, signs: 1 + products + amounts };
  return ref.row + (ref.table === 'powers' ? starts.signs + signs : starts[ref.table]);
}

export type AmountKind = 'shift' | 'byte' | 'extend';
export const AMOUNT_CAPS: Readonly<Record<AmountKind, bigint>> = { shift: 256n, byte: 32n, extend: 31n };
export type SignKind = 'magnitude' | 'flip' | 'negate';

interface Product {
  readonly ref: FactRef;
  readonly high: number;
  readonly low: number;
}

interface Progress {
  readonly ref: FactRef;
  readonly id: number;
  /** The exponent so far. */
  readonly done: bigint;
}

interface Division {
  readonly ref: FactRef;
  readonly quotient: number;
  readonly remainder: number;
}

export class FactTables {
  readonly products: ProductInput[] = [];
  readonly amounts: AmountInput[] = [];
  readonly signs: SignInput[] = [];
  readonly powers: PowerInput<FactRef>[] = [];
  readonly #values: ValueTable;
  readonly #known = new Map<string, FactRef>();
  readonly #powers = new Map<string, { readonly ref: FactRef; readonly power: number }>();

  constructor(values: ValueTable) {
    this.#values = values;
  }

  /** x * y + c. All arguments and results of these methods that are numbers are ids. */
  product(x: number, y: number, c: number): Product {
    const [wordX, wordY, wordC] = [x, y, c].map((id) => this.#values.word(id)) as [bigint, bigint, bigint];
    const total = wordX * wordY + wordC;
    const [high, low] = [this.#values.id(total / END), this.#values.id(total % END)];
    return { ref: this.#productRow('plain', { x, y, c, h: high, d: low }), high, low };
  }

  /** 2^256 h + d by y: the quotient has to fit into a word. */
  division(h: number, d: number, y: number): Division {
    const [high, low, divisor] = [h, d, y].map((id) => this.#values.word(id)) as [bigint, bigint, bigint];
    const total = high * END + low;
    const zero = divisor === 0n;
    const quotient = this.#values.id(zero ? 0n : total / divisor);
    const remainder = this.#values.id(zero ? 0n : total % divisor);
    const ids = { x: quotient, y, c: remainder, h, d };
    return { ref: this.#productRow(zero ? 'zero' : 'reduced', ids), quotient, remainder };
  }

  #productRow(kind: 'plain' | 'reduced' | 'zero', ids: Pick<ProductInput, 'x' | 'y' | 'c' | 'h' | 'd'>): FactRef {
    return this.#once(`${kind} ${Object.values(ids).join(' ')}`, 'products', this.products, () => {
      const [x, y, c] = [ids.x, ids.y, ids.c].map((id) => this.#values.word(id)) as [bigint, bigint, bigint];
      const w = kind === 'reduced' ? y - c - 1n : 0n;
      const [xLo, xHi] = [x % LIMB, x / LIMB];
      const [y1, y3] = [(y >> 64n) & HALF_MASK, y >> 192n];
      return {
        plain: kind === 'plain',
        reduced: kind === 'reduced',
        zero: kind === 'zero',
        ...ids,
        w: this.#values.id(w),
        carry: kind === 'reduced' && (c % LIMB) + (w % LIMB) + 1n >= LIMB,
        y0: y & HALF_MASK,
        y2: (y >> 128n) & HALF_MASK,
        v0: (xLo * y1) & HALF_MASK,
        v1: (xLo * y3 + xHi * y1) & HALF_MASK,
        v2: (xHi * y3) & HALF_MASK,
      };
    });
  }

  /** The power of two of an amount. */
  amount(kind: AmountKind, amount: number): { readonly ref: FactRef; readonly power: number } {
    const word = this.#values.word(amount);
    const capped = word < AMOUNT_CAPS[kind] ? word : AMOUNT_CAPS[kind];
    const exponent = { shift: capped, byte: 8n * capped, extend: 248n - 8n * capped }[kind];
    const power = this.#values.id((1n << exponent) % END);
    const ref = this.#once(`${kind} ${amount}`, 'amounts', this.amounts, () => ({
      shift: kind === 'shift',
      byte: kind === 'byte',
      extend: kind === 'extend',
      amount,
      power,
      capped: Number(capped),
      over: this.#values.id(word - capped),
      carry: capped + ((word - capped) % LIMB) >= LIMB,
      bit: Number(exponent % 128n),
      high: exponent >= 128n && exponent < 256n,
      none: exponent === 256n,
    }));
    return { ref, power };
  }

  isNegative(x: number): boolean {
    return this.#values.word(x) >= TOP_BIT;
  }

  /** What `x` is without its sign, or for `negate` with the sign given. */
  sign(kind: SignKind, x: number, negative = this.isNegative(x)): { readonly ref: FactRef; readonly y: number } {
    const word = this.#values.word(x);
    const flip = kind === 'flip' ? 1n : 0n;
    const changed = negative ? (2n * END - word - flip) % END : word;
    const y = this.#values.id(changed);
    const carryLo = negative && (word % LIMB) + (changed % LIMB) + flip === LIMB;
    const ref = this.#once(`${kind} ${negative} ${x}`, 'signs', this.signs, () => ({
      magnitude: kind === 'magnitude',
      flip: kind === 'flip',
      negate: kind === 'negate',
      negative,
      x,
      y,
      carry_lo: carryLo,
      carry_hi: negative && word / LIMB + changed / LIMB + BigInt(carryLo) === LIMB,
    }));
    return { ref, y };
  }

  /** base^exponent by the bits of the exponent from the highest. */
  power(base: number, exponent: number): { readonly ref: FactRef; readonly power: number } {
    const key = `${base} ${exponent}`;
    const known = this.#powers.get(key);
    if (known !== undefined) return known;
    let { ref, id, done }: Progress = this.#begin(base);
    for (const bit of this.#values.word(exponent).toString(2)) {
      if (done > 0n) ({ ref, id, done } = this.#goOn('square', base, id, done));
      if (bit === '1') ({ ref, id, done } = this.#goOn('multiply', base, id, done));
    }
    const found = { ref, power: id };
    this.#powers.set(key, found);
    return found;
  }

  #begin(base: number): Progress {
    const row = { begin: true, square: false, multiply: false, base, exponent: 0, power: 1 };
    const ref: FactRef = {
      table: 'powers',
      row: this.powers.push({ ...row, high: 0, product: null, carry: false }) - 1,
    };
    return { ref, id: 1, done: 0n };
  }

  #goOn(kind: 'square' | 'multiply', base: number, before: number, exponent: bigint): Progress {
    const { ref, high, low } = this.product(before, kind === 'square' ? before : base, 0);
    const done = kind === 'square' ? 2n * exponent : exponent + 1n;
    const row: PowerInput<FactRef> = {
      begin: false,
      square: kind === 'square',
      multiply: kind === 'multiply',
      base,
      exponent: this.#values.id(done),
      power: low,
      high,
      product: ref,
      carry: done % LIMB < exponent % LIMB,
    };
    return { ref: { table: 'powers', row: this.powers.push(row) - 1 }, id: low, done };
  }

  #once<T>(key: string, table: 'products' | 'amounts' | 'signs', rows: T[], make: () => T): FactRef {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const ref: FactRef = { table, row: rows.push(make()) - 1 };
    this.#known.set(key, ref);
    return ref;
  }
}
