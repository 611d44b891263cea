/** Mutants of accepted inputs, one field changed at a time inside its type, made without the witness builder. */

import type { AbiType, CompiledCircuit } from '@noir-lang/types';
import { FR_MODULUS } from '../../../src/chain/constants.ts';
import type { CircuitStruct, CircuitValue } from '../../../src/prover/witness/circuit-value.ts';

export type Path = readonly (string | number)[];

export interface Site {
  readonly path: Path;
  readonly type: AbiType & { kind: 'field' | 'integer' | 'boolean' };
}

export const pathName = (path: Path): string => path.join('.');

/** Every scalar input, in the order of the ABI. */
export function sitesOf(circuit: CompiledCircuit): Site[] {
  const sites: Site[] = [];
  const walk = (type: AbiType, path: Path): void => {
    switch (type.kind) {
      case 'array':
        for (let i = 0; i < type.length; i++) walk(type.type, [...path, i]);
        return;
      case 'struct':
        for (const field of type.fields) walk(field.type, [...path, field.name]);
        return;
      case 'field':
      case 'integer':
      case 'boolean':
        sites.push({ path, type });
        return;
      default:
        throw new Error(`no mutants for ${type.kind} at ${pathName(path)}`);
    }
  };
  for (const { name, type } of circuit.abi.parameters) walk(type, [name]);
  return sites;
}

/** mulberry32: small, seeded, good enough to choose fields. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const valueAt = (inputs: CircuitStruct, path: Path): CircuitValue =>
  path.reduce<CircuitValue>((value, step) => (value as CircuitStruct)[step as string]!, inputs);

/** A copy with one value replaced; what is not on the path is shared. */
export function replaceAt(value: CircuitValue, path: Path, replacement: CircuitValue): CircuitValue {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? replaceAt(item, rest, replacement) : item));
  const struct = value as CircuitStruct;
  return { ...struct, [step]: replaceAt(struct[step as string]!, rest, replacement) };
}

export function replaceIn(inputs: CircuitStruct, path: string, replacement: CircuitValue): CircuitStruct {
  const steps = path.split('.').map((step) => (/^[0-9]+$/.test(step) ? Number(step) : step));
  if (valueAt(inputs, steps) === undefined) throw new Error(`no input ${path}`);
  return replaceAt(inputs, steps, replacement) as CircuitStruct;
}

/** Another value of the same type. */
export function mutate({ type }: Site, value: CircuitValue, random: () => number): CircuitValue {
  if (type.kind === 'boolean') return !value;
  const number = BigInt(value as bigint | number);
  if (type.kind === 'integer') return number ^ (1n << BigInt(Math.floor(random() * Math.min(type.width, 64))));
  const choices = [
    number + 1n,
    number - 1n,
    number ^ (1n << BigInt(Math.floor(random() * 128))),
    BigInt(Math.floor(random() * 2 ** 48)),
  ];
  const chosen = choices[Math.floor(random() * choices.length)]!;
  const canonical = ((chosen % FR_MODULUS) + FR_MODULUS) % FR_MODULUS;
  return canonical === number ? (number + 1n) % FR_MODULUS : canonical;
}

/** Inputs that may change without changing what is proven, each with its reason. */
export const HARMLESS: ReadonlyMap<string, string> = new Map([
  ['segment.entropy', 'blinds commitments; no root or digest depends on it'],
  ['seal.entropy', 'blinds commitments; no root or digest depends on it'],
  ['vk_root', 'passed through to merge, which compares it with its own'],
]);
