/** `circuits/evm/src/calldata.nr`: the bytes, and rows of CALLDATALOAD. */

import { bigIntToBytes, bytesToBigInt } from '../../../../base/bytes.ts';
import { LIMB } from '../../../../chain/word.ts';
import { calldataHash, DATA_WORD_BYTES } from '../calldata-hash.ts';
import { toField } from '../field.ts';
import type { CalldataInput, DataInput } from '../frame-inputs.ts';
import { OP } from '../opcodes.ts';
import { countUsed, request, type TableRow } from './bus.ts';
import { equals, fits, holds } from './constraint.ts';
import type { CheckedValues } from './values.ts';

const CLIP_BITS = 160;

export interface CheckedData {
  readonly hash: bigint;
  clip(x: bigint, index: number): void;
  /** Of a word: at least the number of all bytes exactly when the word is. */
  placeOf(id: number): bigint;
  window(index: number): { readonly hi: bigint; readonly lo: bigint };
}

export function checkData({ words, size, end, tail }: DataInput, values: CheckedValues): CheckedData {
  const used = countUsed(words);
  for (const row of words) {
    holds(row.used || row.word === 0n, 'calldata: unused word');
    holds(fits(row.word, 8 * DATA_WORD_BYTES), 'calldata: word');
  }
  holds(end === DATA_WORD_BYTES * used, 'calldata: end');
  holds(tail < DATA_WORD_BYTES, 'index out of bounds');
  holds(size === end - tail, 'calldata: size');
  const all = words.flatMap(({ word }) => [...bigIntToBytes(word, DATA_WORD_BYTES)]);
  holds(
    all.slice(size).every((byte) => byte === 0),
    'calldata: a byte behind its end',
  );
  const bytes = Uint8Array.from([...all, ...new Uint8Array(32)]);
  return {
    hash: calldataHash(
      BigInt(size),
      words.slice(0, used).map(({ word }) => word),
    ),
    clip(x, index) {
      const beyond = toField(x - BigInt(index));
      holds(fits(beyond, CLIP_BITS) && (beyond === 0n || index === end), 'calldata: place');
    },
    placeOf: (id) => values.lo(id) + values.hi(id) * BigInt(all.length),
    window(index) {
      holds(index + 32 <= bytes.length, 'index out of bounds');
      const word = bytesToBigInt(bytes.subarray(index, index + 32));
      return { hi: word / LIMB, lo: word % LIMB };
    },
  };
}

export function checkCalldata(row: CalldataInput, data: CheckedData, values: CheckedValues): TableRow {
  const { used, a, b, index, result } = row;
  holds(used || a + b + index + result === 0, 'calldata: unused row');
  data.clip(data.placeOf(a), index);
  const { hi, lo } = data.window(index);
  holds(!used || equals(values.hi(result), hi), 'calldata: high limb');
  holds(!used || equals(values.lo(result), lo), 'calldata: low limb');
  return {
    used,
    key: used ? request(OP.CALLDATALOAD, a, b, 0, 0n) : 0n,
    result: BigInt(result),
    cost: 0n,
    leap: 0n,
  };
}
