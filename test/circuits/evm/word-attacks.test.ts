/** Whole lies about words: results that a prover would like, with all rows made to agree as far as they can. */

import { beforeAll, describe, expect, it } from 'vitest';
import { LIMB } from '../../../src/chain/word.ts';
import type { EvmInputs } from '../../../src/prover/witness/evm/frame-inputs.ts';
import { assemble } from '../../execution/assemble.ts';
import { createAttack, OUT_OF_RANGE, profileWith, withWords } from './support/attack.ts';

const PROFILE = profileWith({
  steps: 10,
  stack: 8,
  values: 24,
  pushInstructions: 4,
  plainInstructions: 6,
  boundary: 3,
  memoryWords: 2,
  environment: 2,
  products: 6,
  amounts: 2,
  signs: 3,
  powers: 5,
  bitwise: 2,
  muldiv: 2,
  signed: 2,
  modular: 2,
  exp: 2,
});
const HALF = 1n << 64n;
const MAX = (1n << 256n) - 1n;
const { prepare, inputsOf: inputsFor, solve, expectRejected, named } = createAttack(PROFILE);

beforeAll(prepare, 300_000);

const inputsOf = (...parts: Parameters<typeof assemble>): Promise<EvmInputs> => inputsFor(assemble(...parts, 'STOP'));

describe('a division', () => {
  // 17 / 5 = 3, remainder 2.
  const honest = () => inputsOf(5n, 17n, 'DIV');

  it('is accepted when it is right', async () => {
    expect(await solve(await honest())).toEqual({ accepted: true });
  });

  it('with a smaller quotient and a larger remainder is not', async () => {
    // 17 = 2 * 5 + 7, and 7 + w + 1 = 5 has w = -3.
    const { inputs, ids } = named(await honest(), 2n, 7n, MAX - 2n);
    const [x, c, w] = ids;
    const lie = withWords(withWords(inputs, 'products', 0, { x, c, w }), 'muldiv', 0, { result: x, other: c });
    await expectRejected(lie, /low limb of the remainder's bound/);
    const carried = withWords(lie, 'products', 0, { carry: true });
    await expectRejected(carried, /high limb of the remainder's bound/);
  });

  it('with a remainder as large as the divisor is not', async () => {
    const { inputs, ids } = named(await inputsOf(5n, 15n, 'DIV'), 2n, 5n, MAX);
    const [x, c, w] = ids;
    const lie = withWords(withWords(inputs, 'products', 0, { x, c, w, carry: true }), 'muldiv', 0, {
      result: x,
      other: c,
    });
    await expectRejected(lie, /high limb of the remainder's bound/);
  });

  it('whose product goes over 2^256 is not', async () => {
    // q * 5 = 2^256 + 15 - r: right modulo 2^256 and wrong over the integers.
    const total = (1n << 256n) + 15n;
    const q = total / 5n;
    const { inputs, ids } = named(await inputsOf(5n, 15n, 'DIV'), q, total % 5n, 4n - (total % 5n));
    const [x, c, w] = ids;
    const xLo = q % LIMB;
    const cells = { x, c, w, v0: 0n, v1: 0n, v2: 0n };
    expect(xLo * 5n).toBeGreaterThan(LIMB);
    const lie = withWords(withWords(inputs, 'products', 0, cells), 'muldiv', 0, { result: x, other: c });
    await expectRejected(lie, /highest limb|product: limb/, /highest limb|bit|range/i);
  });

  it('by 0 has no other result', async () => {
    const inputs = await inputsOf(0n, 17n, 'DIV');
    expect(await solve(inputs)).toEqual({ accepted: true });
    const lie = withWords(withWords(inputs, 'products', 0, { x: 1 }), 'muldiv', 0, { result: 1 });
    await expectRejected(lie, /division by 0/);
  });

  it('is not one by 0 when the divisor is another word', async () => {
    const inputs = await honest();
    const lie = withWords(
      withWords(inputs, 'products', 0, { reduced: false, zero: true, x: 0, c: 0, w: 0 }),
      'muldiv',
      0,
      {
        result: 0,
        other: 0,
      },
    );
    await expectRejected(lie, /division by 0/);
  });

  it('cannot be taken for a product, which bounds no remainder', async () => {
    const inputs = await honest();
    await expectRejected(withWords(inputs, 'products', 0, { reduced: false, plain: true, w: 0 }), /muldiv: product/);
  });
});

describe('a product', () => {
  it('with another low word, its carry taken in the field, is not accepted', async () => {
    const { inputs, ids } = named(await inputsOf(MAX, MAX, 'MUL'), 5n);
    const lie = withWords(withWords(inputs, 'products', 0, { d: ids[0] }), 'muldiv', 0, { result: ids[0] });
    await expectRejected(lie, /product: limb/, OUT_OF_RANGE);
  });

  it('cannot move a half from one column into the next', async () => {
    const inputs = await inputsOf(MAX, MAX, 'MUL');
    const [{ v0, y0 }] = inputs.frame.words.products as [EvmInputs['frame']['words']['products'][number]];
    await expectRejected(withWords(inputs, 'products', 0, { v0: v0 + HALF }), /cut at 64 bits/, OUT_OF_RANGE);
    await expectRejected(withWords(inputs, 'products', 0, { y0: y0 + 1n }), /cut at 64 bits/, OUT_OF_RANGE);
  });

  it('cannot drop its high word', async () => {
    const inputs = await inputsOf(MAX, MAX, 'MUL');
    const lie = withWords(withWords(inputs, 'products', 0, { h: 0 }), 'muldiv', 0, { other: 0 });
    await expectRejected(lie, /highest limb|product: limb/, /highest limb|bit|range/i);
  });

  it('has no limb above 2^128', async () => {
    const inputs = await inputsOf(3n, 5n, 'MUL');
    const hi = inputs.frame.values.hi.map((limb, id) => (id === PROFILE.values - 1 ? limb + LIMB : limb));
    const dirty = { ...inputs, frame: { ...inputs.frame, values: { ...inputs.frame.values, hi } } };
    await expectRejected(dirty, /value: limb/, OUT_OF_RANGE);
  });
});

describe('a shift', () => {
  it('by an amount with a high limb is not one by its low limb', async () => {
    const inputs = await inputsOf(9n, LIMB + 3n, 'SHR');
    expect(await solve(inputs)).toEqual({ accepted: true });
    await expectRejected(
      withWords(inputs, 'amounts', 0, { capped: 3, over: 0, carry: false, bit: 3, none: false }),
      /amount: high limb/,
    );
  });

  it('cannot be cut off below its cap', async () => {
    const { inputs, ids } = named(await inputsOf(9n, 7n, 'SHR'), 4n);
    await expectRejected(withWords(inputs, 'amounts', 0, { capped: 3, over: ids[0], bit: 3 }), /cut off below its cap/);
  });

  it('cannot carry between the limbs of its amount', async () => {
    const inputs = await inputsOf(9n, 7n, 'SHR');
    await expectRejected(withWords(inputs, 'amounts', 0, { carry: true }), /amount: low limb/);
  });

  it('with the sign cannot hide the sign', async () => {
    const inputs = await inputsOf(MAX - 8n, 2n, 'SAR');
    expect(await solve(inputs)).toEqual({ accepted: true });
    const x = inputs.frame.words.signs[0]!.x;
    const row = { negative: false, y: x, carry_lo: false, carry_hi: false };
    const lie = withWords(withWords(inputs, 'signs', 0, row), 'signed', 0, { negative: false, dividend: x });
    await expectRejected(lie, /sign: not its sign/, OUT_OF_RANGE);
  });
});

describe('signs', () => {
  it('of a quotient cannot be left out', async () => {
    const inputs = await inputsOf(3n, MAX - 8n, 'SDIV');
    expect(await solve(inputs)).toEqual({ accepted: true });
    const quotient = inputs.frame.words.signed[0]!.quotient;
    await expectRejected(withWords(inputs, 'signed', 0, { result: quotient }), /sign given back/);
  });

  it('of a positive word cannot be made up', async () => {
    const { inputs, ids } = named(await inputsOf(3n, 9n, 'SMOD'), MAX - 8n);
    const lie = withWords(inputs, 'signs', 0, { negative: true, y: ids[0], carry_lo: true, carry_hi: true });
    await expectRejected(lie, /sign: not its sign/, OUT_OF_RANGE);
  });

  it('of a byte do not exist', async () => {
    const { inputs, ids } = named(await inputsOf(7n, 31n, 'BYTE'), (7n << 248n) - 1n);
    const lie = withWords(inputs, 'signed', 0, { negative: true, dividend: ids[0] });
    await expectRejected(lie, /sign of a byte/);
  });
});

describe('bits', () => {
  it('of AND are not those of OR', async () => {
    const inputs = await inputsOf(12n, 10n, 'AND');
    await expectRejected(
      withWords(inputs, 'bitwise', 0, { and: false, or: true }),
      /bitwise: low limb$|bitwise: low limb /,
    );
  });

  it('of another operand are not taken', async () => {
    const inputs = await inputsOf(12n, 10n, 'AND');
    await expectRejected(withWords(inputs, 'bitwise', 0, { q_lo: 15n }), /low limb of the second operand/);
  });
});

describe('a power', () => {
  // 3^5: 1, 3, 9, 81, 243.
  const honest = () => inputsOf(5n, 3n, 'EXP');

  it('is accepted when it is right', async () => {
    expect(await solve(await honest())).toEqual({ accepted: true });
  });

  it('cannot leave out a step', async () => {
    const inputs = await honest();
    const [, , , fourth] = inputs.frame.words.powers;
    await expectRejected(
      withWords(inputs, 'powers', 3, { ...fourth, square: false, multiply: true }),
      /power: product/,
    );
    const exponent = inputs.frame.words.powers[4]!.exponent;
    await expectRejected(withWords(inputs, 'powers', 3, { exponent }), /low limb of the exponent/);
  });

  it('cannot go on from nothing', async () => {
    const inputs = await inputsOf(0n, 3n, 'EXP');
    // Row 1 is unused: row 2 would say 0^0 = 0.
    const lie = withWords(inputs, 'powers', 2, { square: true });
    await expectRejected(lie, /goes on from an unused row/);
  });

  it('cannot begin above exponent 0', async () => {
    const inputs = await honest();
    await expectRejected(withWords(inputs, 'powers', 0, { exponent: 1 }), /begins above 0/);
  });

  it('cannot say that its exponent is shorter', async () => {
    const short = withWords(await honest(), 'exp', 0, {
      bytes: 0,
      some: false,
      bits: 0,
      below: 0,
      highest: 0,
      amount: 0,
    });
    await expectRejected(withWords(short, 'exp', 0, { division: 0, remainder: 0 }), /exponent without a byte/);
  });
});

describe('the bytes of an exponent', () => {
  it.each([
    ['one more than it has', 2, 8n, 256n],
    ['more than a word has, whose power of two is 0', 33, 256n, 0n],
  ] as const)('cannot be %s', async (_name, bytes, bits, power) => {
    const { inputs, ids } = named(await inputsOf(5n, 3n, 'EXP'), bits, power, 250n);
    const [amount, below, w] = ids;
    const { b, division } = inputs.frame.words.exp[0]!;
    const none = power === 0n;
    const shift = withWords(inputs, 'amounts', 0, {
      amount,
      power: below,
      capped: Number(bits),
      bit: none ? 0 : 8,
      none,
    });
    const fact = none ? { reduced: false, zero: true, c: 0, w: 0 } : { c: b, w };
    const divided = withWords(shift, 'products', division - 1, { ...fact, x: 0, y: below, y0: power, d: b });
    const row = { bytes, bits: amount, below, highest: 0, remainder: none ? 0 : b };
    const lie = withWords(divided, 'exp', 0, row);
    const gas_after = inputs.gas_after - 50n * BigInt(bytes - 1);
    await expectRejected({ ...lie, gas_after }, /not a byte, or 0/, OUT_OF_RANGE);
  });
});

describe('a sum or product to a modulus', () => {
  it('cannot take another remainder of its high word', async () => {
    const inputs = await inputsOf(5n, MAX, MAX, 'MULMOD');
    expect(await solve(inputs)).toEqual({ accepted: true });
    await expectRejected(
      withWords(inputs, 'modular', 0, { e: 0 }),
      /division of the high word|division of the low word/,
    );
  });

  it('cannot be the product instead of the sum', async () => {
    const inputs = await inputsOf(7n, 4n, 5n, 'ADDMOD');
    await expectRejected(withWords(inputs, 'modular', 0, { addmod: false, mulmod: true }), /modular: product/);
  });
});

describe('rows of words', () => {
  it('cannot be left unread', async () => {
    const inputs = await inputsOf(3n, 5n, 'MUL');
    const [first] = inputs.frame.words.muldiv;
    await expectRejected(withWords(inputs, 'muldiv', 1, first!), /muldiv: rows left over/);
  });

  it('cannot cite a fact of another kind', async () => {
    const inputs = await inputsOf(3n, 5n, 'SHL');
    const amount = inputs.frame.words.muldiv[0]!.amount;
    await expectRejected(withWords(inputs, 'muldiv', 0, { product: amount }), /muldiv: product/);
  });

  it('cannot cite a place without a fact, unused or of no table', async () => {
    const inputs = await inputsOf(3n, 5n, 'MUL');
    const { product } = inputs.frame.words.muldiv[0]!;
    for (const place of [0, product + 1]) {
      await expectRejected(withWords(inputs, 'muldiv', 0, { product: place }), /muldiv: product/);
    }
    const power = await inputsOf(5n, 3n, 'EXP');
    const { amount, power: fact } = power.frame.words.exp[0]!;
    // Powers cite products only: places of amounts, and of powers themselves, are empty to them.
    for (const place of [0, amount, fact]) {
      await expectRejected(withWords(power, 'powers', 1, { product: place }), /power: product/);
    }
  });
});
