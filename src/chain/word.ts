import { assert } from '../base/assert.ts';
import { FR_MODULUS } from './constants.ts';

/** A 256-bit word as two 128-bit limbs; the value of every leaf of the state tree. */
export interface Word {
  readonly hi: bigint;
  readonly lo: bigint;
}

export const LIMB = 1n << 128n;
const LIMB_MASK = LIMB - 1n;
const WORD_END = 1n << 256n;

export const ZERO_WORD: Word = { hi: 0n, lo: 0n };

/** Throws when the value is not an unsigned 256-bit integer. */
export function toWord(value: bigint): Word {
  assert(value >= 0n && value < WORD_END, 'a word has 256 bits');
  return { hi: value >> 128n, lo: value & LIMB_MASK };
}

export const fromWord = (word: Word): bigint => (word.hi << 128n) | word.lo;

/** `hi * 2^128 + lo mod p`, as the circuits compute it. */
export const wordToFr = (word: Word): bigint => fromWord(word) % FR_MODULUS;

export const isZeroWord = (word: Word): boolean => word.hi === 0n && word.lo === 0n;

export const equalWords = (a: Word, b: Word): boolean => a.hi === b.hi && a.lo === b.lo;

export const isFr = (value: bigint): boolean => value >= 0n && value < FR_MODULUS;
