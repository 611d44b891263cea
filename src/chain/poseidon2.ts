/** The protocol's hash (docs/PROTOCOL.md 1): a tagged sponge over Noir's `poseidon2_permutation`. Synchronous, about 10 microseconds a block. */

import { assert } from '../base/assert.ts';
import { FR_MODULUS, TAG } from './constants.ts';
import { createHashEngine, createHashMemory, FR_BYTES, RESERVED_BYTES } from './poseidon2/engine.ts';
import type { State } from './poseidon2/reference.ts';
import { isFr } from './word.ts';

export type { State };

const RATE = 3;
const WIDTH = 4;

const place = createHashMemory(2 * WIDTH * FR_BYTES);
const engine = createHashEngine(place);
const input = RESERVED_BYTES;
const output = input + WIDTH * FR_BYTES;
const words = new BigUint64Array(place.memory.buffer, input, 2 * WIDTH * 4);

function write(element: number, value: bigint): void {
  words[4 * element] = value;
  words[4 * element + 1] = value >> 64n;
  words[4 * element + 2] = value >> 128n;
  words[4 * element + 3] = value >> 192n;
}

function read(element: number): bigint {
  const k = 4 * (WIDTH + element);
  return (((((words[k + 3]! << 64n) | words[k + 2]!) << 64n) | words[k + 1]!) << 64n) | words[k]!;
}

/** Four field elements in, four out; throws on a value that is not below the modulus. */
export function permute(state: State): State {
  assert(state.every(isFr), 'a hash input is not a field element');
  for (const [i, x] of state.entries()) write(i, x);
  engine.permute(input, output);
  return [read(0), read(1), read(2), read(3)];
}

/** The capacity element of `P2(tag; ...)` with `inputs` inputs. */
export const capacityOf = (tag: number, inputs: number): bigint => (BigInt(tag) << 64n) + BigInt(inputs);

/** `P2(tag; inputs)`, at least one input; throws on a value that is not below the modulus. */
export function p2(tag: number, ...inputs: bigint[]): bigint {
  const count = inputs.length;
  assert(count > 0, 'a hash has at least one input');
  for (const value of inputs) assert(isFr(value), 'a hash input is not a field element');
  write(0, inputs[0]!);
  write(1, inputs[1] ?? 0n);
  write(2, inputs[2] ?? 0n);
  write(3, capacityOf(tag, count));
  engine.permute(input, output);
  for (let i = RATE; i < count; i += RATE) {
    for (let j = 0; j < RATE; j++) write(j, (read(j) + (inputs[i + j] ?? 0n)) % FR_MODULUS);
    write(3, read(3));
    engine.permute(input, output);
  }
  return read(0);
}

export const node = (left: bigint, right: bigint): bigint => p2(TAG.NODE, left, right);
