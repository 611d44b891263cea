/** Memory of one frame: its requests in order, and the accesses and copies that they make. */

import { witnessError } from '../errors.ts';
import { inverseOrZero } from './field.ts';
import type { AccessInput, CopyInput, MemoryInput, MemoryRequestInput, OutputInput } from './frame-inputs.ts';
import { MEMORY_FLAGS, type MemoryFlag, mergeRow, NO_COPY, NO_REQUEST, windowRow } from './memory-rows.ts';
import { limbSum, type ValueTable } from './value-table.ts';

/** More than any profile has. */
const PLACE_END = 1n << 32n;
const WORD_BITS = 256n;
const WORD_MASK = (1n << WORD_BITS) - 1n;

export interface MemoryAnswer {
  readonly row: number;
  readonly result: number;
  /** Gas beyond the static part. */
  readonly cost: number;
}

/** What CALLDATACOPY reads. */
export interface CopySource {
  /** Where reading at a place begins. */
  clip(place: bigint): number;
  /** The 32 bytes from there. */
  window(index: number): bigint;
}

export interface MemoryTables {
  request(op: number, a: number, b: number, next: number): MemoryAnswer;
  rows(): MemoryInput;
  returned(): { readonly reverted: boolean; readonly size: number };
  words(): number;
}

type CopyKind = 'data' | 'memory' | 'byte' | 'output';

export function createMemoryTables(values: ValueTable, data: CopySource): MemoryTables {
  const requests: MemoryRequestInput[] = [];
  const accesses: AccessInput[] = [];
  const windows: MemoryInput['windows'][number][] = [];
  const copies: CopyInput[] = [];
  const merges: MemoryInput['merges'][number][] = [];
  const output: OutputInput[] = [];
  const memory: number[] = [];
  let places = { target: 0, source: 0 };
  let size = 0;
  let square = 0;
  let cells = 1;
  let returned = { reverted: false, size: 0 };

  const small = (place: bigint): number => {
    if (place >= PLACE_END) throw witnessError('WITNESS_CAPACITY', 'memory: beyond every profile');
    return Number(place);
  };

  /** A read of 32 bytes, or a write of the word `value`; the id of the 32 bytes. */
  function access(place: number, value?: number): number {
    const word = Math.floor(place / 32);
    const byte = place % 32;
    const [old0, old1] = [memory[word] ?? 0, memory[word + 1] ?? 0];
    const both = (values.word(old0) << WORD_BITS) | values.word(old1);
    const shift = WORD_BITS - 8n * BigInt(byte);
    const found = value ?? (byte === 0 ? old0 : values.id((both >> shift) & WORD_MASK));
    let [new0, new1] = [old0, old1];
    if (value !== undefined) {
      const after = (both & ~(WORD_MASK << shift)) | (values.word(value) << shift);
      new0 = byte === 0 ? value : values.id(after >> WORD_BITS);
      new1 = byte === 0 ? old1 : values.id(after & WORD_MASK);
    }
    memory[word] = new0;
    memory[word + 1] = new1;
    cells = Math.max(cells, word + 1);
    const aligned = byte === 0;
    const window = aligned ? 0 : windows.push(windowRow({ old0, old1, new0, new1, value: found }, byte, values)) - 1;
    const write = value !== undefined;
    accesses.push({ used: true, write, aligned, word, byte, new0, new1, value: found, window });
    return found;
  }

  /** All rows of a copy. `source` is a place in memory, or an id. */
  function copy(kind: CopyKind, source: number, target: number, bytes: number): void {
    const count = Math.ceil(bytes / 32);
    const moves = kind === 'memory' || kind === 'output';
    const firstAccess = accesses.length;
    const to = kind === 'output' ? 0 : firstAccess + (kind === 'memory' ? count : 0);
    const read = Array.from({ length: count }, (_, i) => (moves ? access(source + 32 * i) : source));
    const begin = kind === 'data' ? data.clip(values.word(source)) : 0;
    for (let i = 0; i < count; i++) {
      const left = bytes - 32 * i;
      const more = left > 32;
      const index = kind === 'data' ? data.clip(BigInt(begin + 32 * i)) : 0;
      const s = kind === 'data' ? values.id(data.window(index)) : read[i]!;
      const writes = kind !== 'output';
      const o = writes && !more ? access(target + 32 * i) : 0;
      const end = more ? undefined : mergeRow(s, o, left, kind === 'byte', values);
      const v = end?.v ?? s;
      const merge = end === undefined ? 0 : merges.push(end) - 1;
      if (writes) access(target + 32 * i, v);
      else output.push({ used: true, word: v });
      copies.push({
        ...NO_COPY,
        [kind]: true,
        more,
        source: moves ? source + 32 * i : source,
        place: kind === 'data' ? source : 0,
        index,
        target: target + 32 * i,
        left,
        from: moves ? firstAccess + i : 0,
        to: to + i,
        write: writes ? to + i + (more ? 0 : 1) : 0,
        slot: writes ? 0 : i,
        merge,
        s,
        o,
        v,
      });
    }
  }

  return {
    request(op, a, b, next) {
      const flag = (Object.keys(MEMORY_FLAGS) as MemoryFlag[]).find((name) => MEMORY_FLAGS[name] === op);
      if (flag === undefined) throw new RangeError(`no request to memory: opcode ${op}`);
      const direct = flag === 'mload' || flag === 'mstore';
      const copying = flag === 'calldatacopy' || flag === 'mcopy' || flag === 'returndatacopy';
      const ends = flag === 'ret' || flag === 'revert';
      const wide = copying ? values.word(a) : ends || flag === 'touch' ? values.word(b) : undefined;
      const bytes = small(wide ?? (direct ? 32n : flag === 'mstore8' ? 1n : 0n));
      const [target, source] = [values.word(places.target), values.word(places.source)];
      const higher = flag === 'mcopy' && bytes > 0 && source > target;
      const start = bytes === 0 ? 0 : small(copying ? (higher ? source : target) : values.word(a));
      const end = bytes === 0 ? 0 : Math.ceil((start + bytes) / 32);
      const words = Math.ceil(bytes / 32);
      const before = { size, square, access: accesses.length, copy: copies.length };
      size = Math.max(size, end);
      square = Math.floor(size ** 2 / 512);
      const cost = 3 * (size - before.size) + square - before.square + (copying ? 3 * words : 0);
      let result = 0;
      if (flag === 'mload') result = access(start);
      if (flag === 'mstore') access(start, b);
      if (flag === 'msize') result = values.id(BigInt(32 * size));
      if (bytes > 0) {
        if (flag === 'mstore8') copy('byte', b, start, bytes);
        if (flag === 'calldatacopy') copy('data', places.source, start, bytes);
        if (flag === 'mcopy') copy('memory', Number(source), Number(target), bytes);
        if (ends) copy('output', start, 0, bytes);
      }
      if (ends) returned = { reverted: flag === 'revert', size: bytes };
      requests.push({
        ...NO_REQUEST,
        [flag]: true,
        a,
        b,
        next: ends ? next : 0,
        result,
        inverse: inverseOrZero(limbSum(BigInt(bytes))),
        higher,
        words,
        end,
        grows: end > before.size,
        square,
        access: direct ? before.access : 0,
        copy: copies.length > before.copy ? before.copy : 0,
      });
      places = { target: a, source: b };
      return { row: requests.length - 1, result, cost };
    },
    rows: () => ({ requests, accesses, windows, copies, merges, output }),
    returned: () => returned,
    words: () => cells,
  };
}
