/** `circuits/evm/src/facts.nr`: sentences as numbers. */

export const FACT = {
  PRODUCT: 1,
  DIVISION: 2,
  MAGNITUDE: 3,
  FLIP: 4,
  NEGATE: 5,
  SHIFT: 6,
  BYTE: 7,
  EXTEND: 8,
  POWER: 9,
} as const;

export const NO_FACT = 0n;

export function fact(kind: number, ...words: readonly number[]): bigint {
  return words.reduce((sum, word, i) => sum + (BigInt(word) << BigInt(8 + 32 * i)), BigInt(kind));
}
