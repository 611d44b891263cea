/** The protocol's hash (docs/PROTOCOL.md 1): a tagged sponge over Noir's `poseidon2_permutation`. Synchronous. */

import { assert } from '../base/assert.ts';
import { FR_MODULUS, TAG } from './constants.ts';
import { permuteReference, type State } from './poseidon2-reference.ts';
import { isFr } from './word.ts';

const RATE = 3;
const TAG_SHIFT = 64n;

const absorb = (element: bigint, input = 0n): bigint => (element + input) % FR_MODULUS;

/** Four field elements in, four out; throws on a value that is not below the modulus. */
export function permute(state: State): State {
  assert(state.every(isFr), 'a hash input is not a field element');
  return permuteReference(state);
}

/** `P2(tag; inputs)`, at least one input; throws on a value that is not below the modulus. */
export function p2(tag: number, ...inputs: bigint[]): bigint {
  assert(inputs.length > 0, 'a hash has at least one input');
  assert(inputs.every(isFr), 'a hash input is not a field element');
  let state: State = [0n, 0n, 0n, (BigInt(tag) << TAG_SHIFT) + BigInt(inputs.length)];
  for (let i = 0; i < inputs.length; i += RATE) {
    const [a, b, c, capacity] = state;
    state = permute([absorb(a, inputs[i]), absorb(b, inputs[i + 1]), absorb(c, inputs[i + 2]), capacity]);
  }
  return state[0];
}

export const node = (left: bigint, right: bigint): bigint => p2(TAG.NODE, left, right);
