/** Inputs of the sample that a prover may choose in this slice, each with its reason. Every other input is fixed by the constraints. */

import type { EvmInputs, FrameInput } from '../../../../src/prover/witness/evm/frame-inputs.ts';

/** Ids in rows of words, by table. */
const WORD_IDS: { readonly [T in keyof FrameInput['words']]: readonly (keyof FrameInput['words'][T][number])[] } = {
  products: ['x', 'y', 'c', 'h', 'd', 'w'],
  amounts: ['amount', 'power', 'over'],
  signs: ['x', 'y'],
  powers: ['exponent'],
  bitwise: ['a', 'b', 'result'],
  muldiv: [],
  signed: ['divisor'],
  modular: [],
  exp: ['bits', 'highest'],
};

const FACT_CELLS = /^frame\.words\.(?:powers\.\d+\.product|muldiv\.\d+\.(?:amount|product)|signed\.\d+\.\w+_fact)$/;
const OTHER_FACT_CELLS =
  /^frame\.words\.(?:modular\.\d+\.(?:product|\w+_division)|exp\.\d+\.(?:power|amount|division))$/;

export function freeSites({ frame }: EvmInputs): (path: string) => string | undefined {
  const named = new Set<number>([0, 1]);
  for (const { a, b, p, q, d } of frame.arithmetic) for (const id of [a, b, p, q, d]) named.add(id);
  for (const { a, b } of frame.flow) named.add(a).add(b);
  for (const { result } of frame.gas) named.add(result);
  for (const { constant } of frame.pushes) named.add(constant);
  for (const { a, b, result } of frame.memory.requests) named.add(a).add(b).add(result);
  for (const { old0, old1, new0, new1, value } of frame.memory.windows)
    for (const id of [old0, old1, new0, new1, value]) named.add(id);
  for (const { s, v } of frame.memory.copies) named.add(s).add(v);
  for (const { o } of frame.memory.merges) named.add(o);
  for (const { a, result } of frame.calldata) named.add(a).add(result);
  for (const { result } of frame.environment) named.add(result);
  for (const id of frame.names) named.add(id);
  for (const [table, cells] of Object.entries(WORD_IDS)) {
    for (const row of frame.words[table as keyof typeof WORD_IDS]) {
      for (const cell of cells) named.add((row as unknown as Record<string, number>)[cell]!);
    }
  }
  return (path) => {
    const value = /^frame\.values\.(?:hi|lo)\.(\d+)$/.exec(path);
    if (value !== null && !named.has(Number(value[1]))) return 'a word that only boundary rows name, or none';
    if (/^frame\.boundary\.\d+\.result$/.test(path)) return 'NOT CONSTRAINED YET: the result of a boundary row';
    if (saysOfZero(frame, path)) return 'an unused row that says something true of 0, which nobody cites';
    return citesNothing(frame, path) ? 'no fact is cited: any place without a fact says the same' : undefined;
  };
}

/** 0 * 0 + 0 = 0, 0 / 0 = 0 as the EVM divides, |0| = 0. */
function saysOfZero({ words }: FrameInput, path: string): boolean {
  const [, product, , sign] =
    /^frame\.words\.(?:products\.(\d+)\.(plain|zero)|signs\.(\d+)\.(?:magnitude|flip|negate))$/.exec(path) ?? [];
  if (product !== undefined) {
    const { plain, reduced, zero } = words.products[Number(product)]!;
    return !(plain || reduced || zero);
  }
  if (sign === undefined) return false;
  const { magnitude, flip, negate } = words.signs[Number(sign)]!;
  return !(magnitude || flip || negate);
}

function citesNothing({ words }: FrameInput, path: string): boolean {
  if (!FACT_CELLS.test(path) && !OTHER_FACT_CELLS.test(path)) return false;
  const [, , table, row, cell] = path.split('.');
  const rows = words[table as keyof typeof words] as unknown as readonly Readonly<Record<string, number>>[];
  return rows[Number(row)]![cell!] === 0;
}
