/** `circuits/evm/src/bus.nr`: rows that steps take, and how a request is one number. */

import type { EvmProfile } from '../evm-profile.ts';
import { TABLE, type Table } from '../opcodes.ts';
import { tableStarts } from '../table-starts.ts';
import { holds } from './constraint.ts';
import type { WordRows } from './words.ts';

export interface BusRow {
  readonly key: bigint;
  readonly result: bigint;
  readonly cost: bigint;
  readonly leap: bigint;
}

export interface TableRow extends BusRow {
  readonly used: boolean;
}

const EMPTY: BusRow = { key: 0n, result: 0n, cost: 0n, leap: 0n };

export interface Bus {
  readonly rows: readonly BusRow[];
  readonly starts: Readonly<Record<Table, number>>;
  readonly used: Readonly<Record<Table, number>>;
}

export const request = (op: number, a: number, b: number, next: number, gas: bigint): bigint =>
  BigInt(op) + (BigInt(a) << 16n) + (BigInt(b) << 48n) + (BigInt(next) << 80n) + (gas << 112n);

type Tables = 'arithmetic' | 'flow' | 'gas' | 'boundary' | 'memory' | 'calldata' | 'environment';
export type BusTables = Readonly<Record<Tables, readonly TableRow[]>> & WordRows;

export function createBus(tables: BusTables, profile: EvmProfile): Bus {
  const { arithmetic, flow, gas, boundary, memory, calldata, environment, bitwise, muldiv, signed, modular, exp } =
    tables;
  const words = [...bitwise, ...muldiv, ...signed, ...modular, ...exp];
  return {
    rows: [EMPTY, ...arithmetic, ...flow, ...gas, ...boundary, ...memory, ...calldata, ...environment, ...words],
    starts: tableStarts(profile),
    used: {
      [TABLE.NONE]: 0,
      [TABLE.ARITHMETIC]: countUsed(arithmetic),
      [TABLE.FLOW]: countUsed(flow),
      [TABLE.GAS]: countUsed(gas),
      [TABLE.BOUNDARY]: countUsed(boundary),
      [TABLE.MEMORY]: countUsed(memory),
      [TABLE.CALLDATA]: countUsed(calldata),
      [TABLE.ENVIRONMENT]: countUsed(environment),
      [TABLE.BITWISE]: countUsed(bitwise),
      [TABLE.MULDIV]: countUsed(muldiv),
      [TABLE.SIGNED]: countUsed(signed),
      [TABLE.MODULAR]: countUsed(modular),
      [TABLE.EXP]: countUsed(exp),
    },
  };
}

/** A used row never follows an unused one. */
export function countUsed(rows: readonly { readonly used: boolean }[]): number {
  const count = rows.filter(({ used }) => used).length;
  holds(
    rows.slice(0, count).every(({ used }) => used),
    'table: a used row after an unused one',
  );
  return count;
}
