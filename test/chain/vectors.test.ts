/** The golden vectors: preimage -> result by a sponge and a sha256 of this test's own, and the same result from src/chain. */

import { createHash } from 'node:crypto';
import { keccak256 } from 'viem';
import { describe, expect, it } from 'vitest';
import { FR_MODULUS } from '../../src/chain/constants.ts';
import { permuteReference } from '../../src/chain/poseidon2/reference.ts';
import { readVectors, type Vector } from './read-vectors.ts';
import { VECTOR_CASES } from './vector-cases.ts';

const vectors = readVectors();

/** docs/PROTOCOL.md 1, word for word. */
function sponge(tag: bigint, inputs: readonly bigint[]): bigint {
  let state: [bigint, bigint, bigint, bigint] = [0n, 0n, 0n, tag * 2n ** 64n + BigInt(inputs.length)];
  for (let i = 0; i < inputs.length; i += 3) {
    const [a = 0n, b = 0n, c = 0n] = inputs.slice(i, i + 3);
    state = permuteReference([
      (state[0] + a) % FR_MODULUS,
      (state[1] + b) % FR_MODULUS,
      (state[2] + c) % FR_MODULUS,
      state[3],
    ]) as typeof state;
  }
  return state[0];
}

function derive(vector: Vector): bigint {
  switch (vector.hash) {
    case 'p2':
      return sponge(vector.tag, vector.inputs);
    case 'sha256':
      return BigInt(`0x${createHash('sha256').update(Buffer.from(vector.bytes, 'hex')).digest('hex')}`);
    case 'keccak256':
      return BigInt(keccak256(`0x${vector.bytes}`));
    case 'packed':
      return vector.fields.reduce((word, { bits, value }) => (word << BigInt(bits)) | value, 0n);
  }
}

describe('golden vectors', () => {
  it('are those of the cases, in order', () => {
    expect(vectors.map(({ name }) => name)).toEqual(VECTOR_CASES.map(({ name }) => name));
    expect(vectors.length).toBeGreaterThan(20);
  });

  it.each(vectors.map((vector, i) => [vector.name, vector, VECTOR_CASES[i]!] as const))(
    '%s',
    (_name, vector, { computed, preimage }) => {
      const { name: _, result, ...stated } = vector;
      expect(stated).toEqual(preimage);
      const derived = derive(vector);
      expect(derived).toBe(result);
      expect(computed).toBe(result);
    },
  );
});
