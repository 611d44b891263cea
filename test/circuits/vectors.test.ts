/** The golden vectors solved by Noir: circuits/vectors calls the library that the proven circuits are made of. */

import { join } from 'node:path';
import { type CompiledCircuit, Noir } from '@noir-lang/noir_js';
import { beforeAll, describe, expect, it } from 'vitest';
import { TAG } from '../../src/chain/constants.ts';
import { compileCircuit } from '../../src/prover/compile.ts';
import { PROFILES } from '../../src/prover/witness/profiles.ts';
import { readVectors, type Vector } from '../chain/read-vectors.ts';

const cacheFolder = join(import.meta.dirname, '../../node_modules/.cache/privity-circuits');
const vectors = readVectors();
const fieldName = (name: string): string => name.toLowerCase().replaceAll(' ', '_');
const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** Vectors that no circuit computes, each with its reason. */
const NOT_IN_NOIR: ReadonlyMap<string, string> = new Map([
  ['word of an account', 'two limbs of a leaf, never joined'],
  ['word of the block parameters', 'two limbs of a leaf, taken apart by seal, which proves them (test/circuits)'],
  ['salt of a policy', 'a leaf that no circuit opens'],
  ['stored batch', 'Keccak on L1 alone'],
  ['digest of a denial', "the operator's word, not proven"],
  ['digest of a denial that takes back a receipt', "the operator's word, not proven"],
]);
/** Vectors that are made of others' inputs. */
const MADE_OF_OTHERS = ['leaf', 'logs of a transaction'];

function inputOf(vector: Vector): string[] {
  switch (vector.hash) {
    case 'p2':
      return vector.inputs.map(hex);
    case 'packed':
      return vector.fields.map(({ value }) => hex(value));
    case 'sha256':
    case 'keccak256':
      return [...Buffer.from(vector.bytes, 'hex')].map(String);
  }
}

describe('golden vectors in Noir', () => {
  let circuit: CompiledCircuit;
  let results: Record<string, string | { hi: string; lo: string }>;
  const solve = async (changed: readonly Vector[]) => {
    const given = changed.filter(({ name }) => !NOT_IN_NOIR.has(name) && !MADE_OF_OTHERS.includes(name));
    const v = Object.fromEntries(given.map((vector) => [fieldName(vector.name), inputOf(vector)]));
    const { returnValue } = await new Noir(circuit).execute({ v });
    return returnValue as typeof results;
  };
  const resultOf = (name: string): bigint => {
    const found = results[fieldName(name)]!;
    return typeof found === 'string' ? BigInt(found) : (BigInt(found.hi) << 128n) | BigInt(found.lo);
  };

  beforeAll(async () => {
    ({ circuit } = await compileCircuit({ folder: 'vectors', profile: PROFILES.xs }, { cacheFolder }));
    results = await solve(vectors);
  });

  it('are all there but those that no circuit computes', () => {
    const named = vectors.filter(({ name }) => !NOT_IN_NOIR.has(name)).map(({ name }) => fieldName(name));
    expect(Object.keys(results).sort()).toEqual([...named, 'state_root_of_the_digest'].sort());
    for (const name of NOT_IN_NOIR.keys()) expect(vectors.map((vector) => vector.name)).toContain(name);
    expect(named.length).toBeGreaterThan(30);
  });

  it.each(vectors.filter(({ name }) => !NOT_IN_NOIR.has(name)).map((vector) => [vector.name, vector] as const))(
    '%s',
    (name, { result }) => expect(resultOf(name)).toBe(result),
  );

  it('give the state root from the digest as well', () => {
    expect(resultOf('state root of the digest')).toBe(vectors.find(({ name }) => name === 'state root')!.result);
  });

  it('give something else for other inputs', async () => {
    const other = vectors.map((vector) =>
      vector.name === 'context' && vector.hash === 'p2' ? { ...vector, inputs: vector.inputs.with(3, 0n) } : vector,
    );
    const { context, digest } = await solve(other);
    expect([context === results['context'], digest === results['digest']]).toEqual([false, true]);
  });

  it('use the tag of each, and every tag that two languages hash with has a vector', () => {
    const tags = new Set(vectors.flatMap((vector) => (vector.hash === 'p2' ? [Number(vector.tag)] : [])));
    const without = Object.entries(TAG).filter(([, tag]) => !tags.has(tag));
    // K_CODE, K_CODEHASH and K_KECCAK wait for the zkEVM; paths to vkRoot are compared in test/prover/keys.
    expect(without.map(([name]) => name)).toEqual(['K_CODE', 'K_CODEHASH', 'K_KECCAK', 'VK']);
  });
});
