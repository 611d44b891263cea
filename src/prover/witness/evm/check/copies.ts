/** `circuits/evm/src/copies.nr`: chains of rows. */

import type { CopyInput, OutputInput } from '../frame-inputs.ts';
import { accessKey, type KeyedRows } from './accesses.ts';
import { countUsed } from './bus.ts';
import type { CheckedData } from './calldata.ts';
import { at, equals, fits, holds } from './constraint.ts';
import { mergeKey } from './merges.ts';
import type { CheckedValues } from './values.ts';

export const COPY_KIND = { data: 1, memory: 2, byte: 3, output: 4 } as const;

export interface CopyJob {
  readonly kind: bigint;
  readonly source: bigint;
  readonly target: bigint;
  readonly left: bigint;
  readonly from: bigint;
  readonly to: bigint;
}

export const copyKey = ({ kind, source, target, left, from, to }: CopyJob): bigint =>
  kind + (source << 8n) + (target << 48n) + (left << 88n) + (from << 128n) + (to << 160n);

export interface CopySides {
  readonly accesses: KeyedRows;
  readonly merges: KeyedRows;
  readonly output: readonly OutputInput[];
  readonly data: CheckedData;
  readonly values: CheckedValues;
}

export function checkCopies(rows: readonly CopyInput[], sides: CopySides): KeyedRows {
  const kinds = rows.map(kindOf);
  const used = countUsed(kinds.map((kind) => ({ used: kind !== 0 })));
  let merge = 0;
  const keys = rows.map((row, i) => {
    const kind = kinds[i]!;
    const before = rows[i - 1];
    const continues = before?.more === true;
    if (continues) assertFollows(row, kind, before, kinds[i - 1]!);
    const last = kind !== 0 && !row.more;
    holds(!row.more || fits(BigInt(row.left) - 33n, 32), 'copy: more than 32 bytes left');
    holds(!last || fits(BigInt(row.left) - 1n, 5), 'copy: at most 32 bytes left');
    assertSource(row, continues ? BigInt(before.index) + 32n : undefined, sides);
    assertAccesses(row, kind !== 0, last, sides.accesses.keys);
    const returned = at(sides.output, row.slot).word;
    holds(!row.output || returned === row.v, 'copy: another word returned');
    holds(!row.more || row.v === row.s, 'copy: another word');
    holds(row.merge === (last ? merge : 0), 'copy: end out of order');
    const asked = mergeKey(row.s, row.o, row.v, row.left, row.byte);
    holds(!last || at(sides.merges.keys, row.merge) === asked, 'copy: end of another copy');
    merge += last ? 1 : 0;
    if (kind === 0 || continues) return 0n;
    const [source, target, left] = [BigInt(row.source), BigInt(row.target), BigInt(row.left)];
    return copyKey({ kind: BigInt(kind), source, target, left, from: BigInt(row.from), to: BigInt(row.to) });
  });
  holds(rows.at(-1)?.more !== true, 'copy: cut off');
  holds(merge === sides.merges.used, 'merge: rows left over');
  return { keys: [...keys, 0n], used };
}

/** 0 for a row that is not used. */
function kindOf(row: CopyInput): number {
  const set = (['data', 'memory', 'byte', 'output'] as const).filter((kind) => row[kind]);
  holds(set.length <= 1, 'copy: two kinds in a row');
  const [kind] = set;
  const cells = Number(row.more) + row.source + row.target + row.left + row.from + row.to + row.s + row.o + row.v;
  holds(kind !== undefined || cells === 0, 'copy: unused row');
  holds(row.place === (row.data ? row.source : 0), 'copy: place in call data');
  holds(row.data || row.index === 0, 'copy: index of another source');
  holds(row.slot === (row.output ? row.to : 0), 'copy: word returned');
  return kind === undefined ? 0 : COPY_KIND[kind];
}

function assertFollows(row: CopyInput, kind: number, before: CopyInput, kindBefore: number): void {
  const moves = row.memory || row.output ? 1 : 0;
  holds(kind !== 0, 'copy: cut off');
  holds(kind === kindBefore, 'copy: another kind');
  holds(row.source === before.source + 32 * moves, 'copy: source');
  holds(row.target === before.target + 32, 'copy: target');
  holds(row.left === before.left - 32, 'copy: bytes left');
  holds(row.from === before.from + moves, 'copy: access of the source');
  holds(row.to === before.to + 1, 'copy: access of the target');
}

function assertSource(row: CopyInput, follows: bigint | undefined, { data, values }: CopySides): void {
  const start = data.placeOf(row.place);
  const { hi, lo } = data.window(row.index);
  if (!row.data) return;
  data.clip(follows ?? start, row.index);
  holds(equals(values.hi(row.s), hi), 'copy: high limb of call data');
  holds(equals(values.lo(row.s), lo), 'copy: low limb of call data');
}

function assertAccesses(row: CopyInput, used: boolean, last: boolean, accesses: readonly bigint[]): void {
  const writes = used && !row.output;
  const target = BigInt(row.target);
  const [read, overwritten] = [at(accesses, row.from), at(accesses, row.to)];
  holds(
    !(row.memory || row.output) || equals(read, accessKey(false, BigInt(row.source), row.s)),
    'copy: read of the source',
  );
  holds(!row.byte || row.s === row.source, 'copy: byte of another word');
  holds((writes && last) || row.o === 0, 'copy: nothing is overwritten');
  holds(!(writes && last) || equals(overwritten, accessKey(false, target, row.o)), 'copy: read of the target');
  holds(row.write === (writes ? row.to + Number(last) : 0), 'copy: access that writes');
  const written = at(accesses, row.write);
  holds(!writes || equals(written, accessKey(true, target, row.v)), 'copy: write of the target');
}
