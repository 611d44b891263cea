/** The golden vectors: preimage -> result by a sponge and a sha256 of this test's own, and the same result from src/chain. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FR_MODULUS } from '../../src/chain/constants.ts';
import { permuteReference } from '../../src/chain/poseidon2-reference.ts';
import { VECTOR_CASES } from './vector-cases.ts';

const integer = z
  .string()
  .regex(/^0x[0-9a-f]+$/)
  .transform(BigInt);
const schema = z.array(
  z.discriminatedUnion('hash', [
    z.strictObject({
      name: z.string(),
      hash: z.literal('p2'),
      tag: integer,
      inputs: z.array(integer),
      result: integer,
    }),
    z.strictObject({ name: z.string(), hash: z.literal('sha256'), bytes: z.string(), result: integer }),
  ]),
);
const vectors = schema.parse(JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')));

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
      const derived =
        vector.hash === 'p2'
          ? sponge(vector.tag, vector.inputs)
          : BigInt(`0x${createHash('sha256').update(Buffer.from(vector.bytes, 'hex')).digest('hex')}`);
      expect(derived).toBe(result);
      expect(computed).toBe(result);
    },
  );
});
