/** Inputs of a circuit, named as its Noir structs name them. */

import type { InputMap } from '@noir-lang/noirc_abi';
import type { Word } from '../../chain/word.ts';

export type CircuitValue = bigint | number | boolean | readonly CircuitValue[] | CircuitStruct;
export interface CircuitStruct {
  readonly [field: string]: CircuitValue;
}

type Encoded = string | boolean | Encoded[] | { [field: string]: Encoded };

function encode(value: CircuitValue): Encoded {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return `0x${value.toString(16)}`;
  if (Array.isArray(value)) return value.map(encode);
  return Object.fromEntries(Object.entries(value as CircuitStruct).map(([name, field]) => [name, encode(field)]));
}

/** What noir_js takes. */
export const encodeInputs = (inputs: CircuitStruct): InputMap => encode(inputs) as InputMap;

export const wordValue = ({ hi, lo }: Word): CircuitStruct => ({ hi, lo });
export const ZERO: CircuitStruct = { hi: 0n, lo: 0n };

export const zeros = (length: number): bigint[] => Array<bigint>(length).fill(0n);

/** `rows` and as many `padding` as the table has room for. */
export const padded = (rows: readonly CircuitValue[], length: number, padding: CircuitValue): CircuitValue[] => [
  ...rows,
  ...Array<CircuitValue>(length - rows.length).fill(padding),
];
