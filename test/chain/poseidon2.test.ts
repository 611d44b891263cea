import { permute as otherPermute } from '@zkpassport/poseidon2';
import { describe, expect, test } from 'vitest';
import { FR_MODULUS as P, TAG } from '../../src/chain/constants.ts';
import { permuteReference } from '../../src/chain/poseidon2/reference.ts';
import { node, p2, permute, type State } from '../../src/chain/poseidon2.ts';
import { createRandom } from '../state/random.ts';
import { compileNoirPermutation } from './noir-poseidon2.ts';
import vectors from './poseidon2-vectors.json' with { type: 'json' };

const EDGES = [
  0n,
  1n,
  2n,
  P - 1n,
  P - 2n,
  P / 2n,
  P / 2n + 1n,
  (1n << 51n) - 1n,
  1n << 51n,
  1n << 253n,
  (1n << 204n) - 1n,
  P >> 1n,
];

/** P2 by its definition, over the permutation in plain integers. */
function sponge(tag: number, inputs: readonly bigint[]): bigint {
  let state: State = [0n, 0n, 0n, (BigInt(tag) << 64n) + BigInt(inputs.length)];
  for (let i = 0; i < inputs.length; i += 3) {
    const [a, b, c, d] = state;
    state = permuteReference([
      (a + inputs[i]!) % P,
      (b + (inputs[i + 1] ?? 0n)) % P,
      (c + (inputs[i + 2] ?? 0n)) % P,
      d,
    ]);
  }
  return state[0];
}

describe('the permutation', () => {
  test("equals Noir's poseidon2_permutation on the committed vectors", () => {
    expect(vectors.permutation.length).toBeGreaterThanOrEqual(8);
    for (const { input, output } of vectors.permutation) {
      const state = input.map(BigInt) as unknown as State;
      expect(permute(state)).toEqual(output.map(BigInt));
      expect(permuteReference(state)).toEqual(output.map(BigInt));
    }
  });

  test('in vectors equals plain integers and an independent implementation, at edges and at random', () => {
    const random = createRandom();
    for (const a of EDGES) {
      for (const b of EDGES) {
        const state: State = [a, b, (a + b) % P, a];
        expect(permute(state)).toEqual(permuteReference(state));
      }
    }
    for (let i = 0; i < 500; i++) {
      const state: State = [random.fr(), random.fr(), random.fr(), random.fr()];
      expect(permute(state), `seed ${random.seed}`).toEqual(permuteReference(state));
      if (i < 20) expect(otherPermute([...state])).toEqual(permuteReference(state));
    }
  });

  test('refuses what is not a field element', () => {
    for (const bad of [-1n, P, P + 1n, 1n << 256n]) {
      for (let i = 0; i < 4; i++) {
        const state = [0n, 0n, 0n, 0n];
        state[i] = bad;
        expect(() => permute(state as unknown as State)).toThrow('field element');
      }
    }
  });
});

describe('P2', () => {
  test('is the sponge of the protocol for every length up to eight blocks', () => {
    const random = createRandom();
    for (let n = 1; n <= 24; n++) {
      const inputs = Array.from({ length: n }, () => random.fr());
      expect(p2(TAG.TX, ...inputs), `seed ${random.seed}`).toBe(sponge(TAG.TX, inputs));
    }
  });

  test('tells tags, lengths and trailing zeros apart', () => {
    const values = [p2(1, 0n), p2(1, 0n, 0n), p2(1, 0n, 0n, 0n), p2(1, 0n, 0n, 0n, 0n), p2(2, 0n), p2(2, 0n, 0n)];
    expect(new Set(values).size).toBe(values.length);
  });

  test('hashes a node as P2(NODE; left, right)', () => {
    expect(node(3n, 5n)).toBe(sponge(TAG.NODE, [3n, 5n]));
    expect(node(3n, 5n)).not.toBe(node(5n, 3n));
  });

  test('refuses no input and inputs outside the field', () => {
    expect(() => p2(1)).toThrow('at least one');
    for (const bad of [-1n, P, 1n << 256n]) {
      expect(() => p2(1, bad)).toThrow('field element');
      expect(() => p2(1, 0n, 0n, 0n, bad)).toThrow('field element');
      expect(() => node(0n, bad)).toThrow('field element');
    }
  });
});

test("Noir's compiler and solver give the committed vectors", async () => {
  const noirPermute = await compileNoirPermutation();
  for (const { input, output } of vectors.permutation)
    expect(await noirPermute(input.map(BigInt))).toEqual(output.map(BigInt));
});
