/** `circuits/evm/src/accesses.nr`: memory as cells of ids, in order of execution. */

import type { AccessInput } from '../frame-inputs.ts';
import { countUsed } from './bus.ts';
import { at, equals, holds } from './constraint.ts';
import { windowKey } from './windows.ts';

export interface KeyedRows {
  /** One more than the rows. */
  readonly keys: readonly bigint[];
  readonly used: number;
}

export const accessKey = (write: boolean, place: bigint, value: number): bigint =>
  1n + (write ? 2n : 0n) + 4n * BigInt(value) + (place << 40n);

export function checkAccesses(rows: readonly AccessInput[], windows: KeyedRows, words: number): KeyedRows {
  const used = countUsed(rows);
  const memory = Array<number>(words + 1).fill(0);
  let window = 0;
  const keys = rows.map((row) => {
    const cells = Number(row.write) + Number(row.aligned) + row.word + row.byte + row.new0 + row.new1 + row.value;
    holds(row.used || cells === 0, 'access: unused row');
    const [old0, old1] = [at(memory, row.word), at(memory, row.word + 1)];
    const reads = row.used && !row.write;
    holds(!reads || row.new0 === old0, 'access: a read that changes its first word');
    holds(!reads || row.new1 === old1, 'access: a read that changes its second word');
    holds(!row.aligned || row.byte === 0, 'access: place is not aligned');
    holds(!row.aligned || row.new0 === row.value, 'access: another word');
    holds(!row.aligned || row.new1 === old1, 'access: the word behind it');
    const unaligned = row.used && !row.aligned;
    holds(row.window === (unaligned ? window : 0), 'access: window out of order');
    const asked = windowKey({ ...row, old0, old1 }, BigInt(row.byte));
    holds(!unaligned || equals(at(windows.keys, row.window), asked), 'access: window of another access');
    window += unaligned ? 1 : 0;
    memory[row.word] = row.new0;
    memory[row.word + 1] = row.new1;
    return row.used ? accessKey(row.write, 32n * BigInt(row.word) + BigInt(row.byte), row.value) : 0n;
  });
  holds(window === windows.used, 'window: rows left over');
  return { keys: [...keys, 0n], used };
}
