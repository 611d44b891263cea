/** `circuits/evm/src/memory.nr`: requests, memory's size and gas, and what they make of the tables beside it. */

import { toField } from '../field.ts';
import type { MemoryRequestInput } from '../frame-inputs.ts';
import { MEMORY_FLAGS, type MemoryFlag } from '../memory-rows.ts';
import { accessKey, type KeyedRows } from './accesses.ts';
import { request, type TableRow } from './bus.ts';
import { at, equals, fits, holds, isZero } from './constraint.ts';
import { COPY_KIND, copyKey } from './copies.ts';
import type { CheckedValues } from './values.ts';

export interface Returned {
  readonly words: number;
  readonly size: bigint;
  readonly reverted: bigint;
}

export interface CheckedMemory {
  readonly rows: readonly TableRow[];
  readonly returned: Returned;
}

export function checkMemory(
  rows: readonly MemoryRequestInput[],
  accesses: KeyedRows,
  copies: KeyedRows,
  values: CheckedValues,
): CheckedMemory {
  let places = { a: 0, b: 0, a_hi: 0n, a_lo: 0n, b_hi: 0n, b_lo: 0n };
  let size = 0n;
  let square = 0n;
  let access = 0;
  let copy = 0;
  const returned = { words: 0, size: 0n, reverted: 0n };

  const checked = rows.map((row): TableRow => {
    const flag = flagOf(row);
    const used = flag !== undefined;
    const is = (...flags: readonly MemoryFlag[]): boolean => used && flags.includes(flag);
    const limbs = {
      a: row.a,
      b: row.b,
      a_hi: values.hi(row.a),
      a_lo: values.lo(row.a),
      b_hi: values.hi(row.b),
      b_lo: values.lo(row.b),
    };
    const direct = is('mload', 'mstore');
    const copying = is('calldatacopy', 'mcopy', 'returndatacopy');
    const ends = is('ret', 'revert');
    const fixed = direct ? 32n : is('mstore8') ? 1n : 0n;
    const sized = copying ? [limbs.a_hi, limbs.a_lo] : is('touch') || ends ? [limbs.b_hi, limbs.b_lo] : [0n, fixed];
    const [bytesHi, bytes] = sized as [bigint, bigint];
    const some = !isZero(bytesHi + bytes, row.inverse);
    const moved = is('mcopy') && some;
    holds(moved || !row.higher, 'memory: higher source of no copy');
    const apart = places.b_lo - places.a_lo;
    holds(!moved || fits(row.higher ? apart - 1n : -apart, 32), 'memory: places of a copy');
    const startHi = copying ? places.a_hi + (moved ? places.b_hi : 0n) : limbs.a_hi;
    const start = copying ? (row.higher ? places.b_lo : places.a_lo) : limbs.a_lo;
    const [words, end] = [BigInt(row.words), BigInt(row.end)];
    holds(!some || equals(startHi + bytesHi, 0n), 'memory: beyond 2^128');
    holds(fits(32n * words - bytes, 5), 'memory: words of the size');
    holds(fits(32n * end - (some ? start + bytes : 0n), 5), 'memory: end');
    const left = bytesHi + bytes + places.b_hi + places.b_lo;
    holds(!is('returndatacopy') || left === 0n, 'memory: return data that there is not');

    holds(fits(row.grows ? end - size - 1n : size - end, 32), 'memory: growth');
    const after = row.grows ? end : size;
    const squareAfter = BigInt(row.square);
    holds(fits((used ? after * after : 0n) - 512n * squareAfter, 9), 'memory: square');
    const grown = used ? 3n * (after - size) + squareAfter - square : 0n;

    holds(is('mload', 'msize') || row.result === 0, 'memory: result of an operation that has none');
    const measured = [values.hi(row.result), values.lo(row.result)] as const;
    holds(!is('msize') || measured[0] === 0n, 'memory: high limb of its size');
    holds(!is('msize') || measured[1] === 32n * size, 'memory: another size');

    const value = is('mstore') ? row.b : row.result;
    holds(row.access === (direct ? access : 0), 'memory: access out of order');
    const made = at(accesses.keys, row.access);
    holds(!direct || equals(made, accessKey(is('mstore'), limbs.a_lo, value)), 'memory: another access');
    const kind = is('calldatacopy')
      ? 'data'
      : is('mcopy')
        ? 'memory'
        : is('mstore8')
          ? 'byte'
          : ends
            ? 'output'
            : undefined;
    const copied = kind !== undefined && some;
    holds(row.copy === (copied ? copy : 0), 'memory: copy out of order');
    const first = at(copies.keys, row.copy);
    if (copied) {
      const asked = copyKey({
        kind: BigInt(COPY_KIND[kind]),
        source: { data: BigInt(places.b), memory: places.b_lo, byte: BigInt(row.b), output: limbs.a_lo }[kind],
        target: kind === 'byte' ? limbs.a_lo : kind === 'output' ? 0n : places.a_lo,
        left: bytes,
        from: BigInt(kind === 'memory' || kind === 'output' ? access : 0),
        to: BigInt(kind === 'output' ? 0 : access + (kind === 'memory' ? row.words : 0)),
      });
      holds(equals(first, asked), 'memory: another copy');
      copy += row.words;
      access += kind === 'output' ? row.words : row.words + 1 + (kind === 'memory' ? row.words : 0);
    }
    access += direct ? 1 : 0;
    holds(ends || row.next === 0, 'memory: position of what goes on');
    if (ends) {
      returned.words += row.words;
      returned.size += bytes;
      returned.reverted += is('revert') ? 1n : 0n;
    }
    places = limbs;
    size = after;
    square = squareAfter;
    return {
      used,
      key: flag === undefined ? 0n : request(MEMORY_FLAGS[flag], row.a, row.b, row.next, 0n),
      result: BigInt(row.result),
      cost: grown + (copying ? 3n * words : 0n),
      leap: toField(BigInt(-row.next)),
    };
  });
  holds(access === accesses.used, 'access: rows left over');
  holds(copy === copies.used, 'copy: rows left over');
  return { rows: checked, returned };
}

function flagOf(row: MemoryRequestInput): MemoryFlag | undefined {
  const set = (Object.keys(MEMORY_FLAGS) as MemoryFlag[]).filter((flag) => row[flag]);
  holds(set.length <= 1, 'memory: two operations in a row');
  const cells =
    row.a + row.b + row.next + row.result + Number(row.higher) + row.words + row.end + Number(row.grows) + row.square;
  holds(set.length === 1 || cells === 0, 'memory: unused row');
  return set[0];
}
