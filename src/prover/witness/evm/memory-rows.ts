/** Rows that are not used, and how rows of windows and merges are made. */

import { LIMB } from '../../../chain/word.ts';
import { CUT, cut, limbsOf } from './byte-cuts.ts';
import type { AccessInput, CopyInput, MemoryRequestInput, MergeInput, WindowInput } from './frame-inputs.ts';
import { OP } from './opcodes.ts';
import type { ValueTable } from './value-table.ts';

export const MEMORY_FLAGS = {
  mload: OP.MLOAD,
  mstore: OP.MSTORE,
  mstore8: OP.MSTORE8,
  msize: OP.MSIZE,
  touch: OP.TOUCH,
  args: OP.MEMORY_ARGS,
  calldatacopy: OP.CALLDATACOPY,
  mcopy: OP.MCOPY,
  returndatacopy: OP.RETURNDATACOPY,
  ret: OP.RETURN,
  revert: OP.REVERT,
} as const;
export type MemoryFlag = keyof typeof MEMORY_FLAGS;

export const NO_REQUEST: MemoryRequestInput = {
  mload: false,
  mstore: false,
  mstore8: false,
  msize: false,
  touch: false,
  args: false,
  calldatacopy: false,
  mcopy: false,
  returndatacopy: false,
  ret: false,
  revert: false,
  a: 0,
  b: 0,
  next: 0,
  result: 0,
  inverse: 0n,
  higher: false,
  words: 0,
  end: 0,
  grows: false,
  square: 0,
  access: 0,
  copy: 0,
};

export const NO_ACCESS: AccessInput = {
  used: false,
  write: false,
  aligned: false,
  word: 0,
  byte: 0,
  new0: 0,
  new1: 0,
  value: 0,
  window: 0,
};

export const NO_WINDOW: WindowInput = {
  used: false,
  old0: 0,
  old1: 0,
  new0: 0,
  new1: 0,
  value: 0,
  h: false,
  t: 0,
  before0: 0n,
  before1: 0n,
  before2: 0n,
  after2: 0n,
  lost0: 0n,
  lost2: 0n,
};

export const NO_COPY: CopyInput = {
  data: false,
  memory: false,
  byte: false,
  output: false,
  more: false,
  source: 0,
  place: 0,
  index: 0,
  target: 0,
  left: 0,
  from: 0,
  to: 0,
  write: 0,
  slot: 0,
  merge: 0,
  s: 0,
  o: 0,
  v: 0,
};

export const NO_MERGE: MergeInput = {
  used: false,
  byte: false,
  low: false,
  t: 0,
  s: 0,
  o: 0,
  v: 0,
  taken: 0n,
  left_out: 0n,
  lost: 0n,
  kept: 0n,
};

type WindowIds = Pick<WindowInput, 'old0' | 'old1' | 'new0' | 'new1' | 'value'>;

export function windowRow(ids: WindowIds, byte: number, values: ValueTable): WindowInput {
  const h = byte >= 16 ? 1 : 0;
  const t = byte % 16;
  const now = limbsOf(values.word(ids.new0), values.word(ids.new1));
  const before = limbsOf(values.word(ids.old0), values.word(ids.old1));
  const [before0] = cut(now[h], t, LIMB);
  const [before1] = cut(now[h + 1]!, t, LIMB);
  const [before2, after2] = cut(now[h + 2]!, t, LIMB);
  const [, lost0] = cut(before[h], t, LIMB);
  const [lost2] = cut(before[h + 2]!, t, LIMB);
  return { used: true, ...ids, h: h === 1, t, before0, before1, before2, after2, lost0, lost2 };
}

/** The row, and the word that has the first `left` bytes of `s` (for MSTORE8 its last byte) and the others of `o`. */
export function mergeRow(s: number, o: number, left: number, byte: boolean, values: ValueTable): MergeInput {
  const low = left > 16;
  const t = (left - 1) % 16;
  const limb = (word: bigint): bigint => (low ? word % LIMB : word / LIMB);
  const [source, old] = [values.word(s), values.word(o)];
  const [taken, left_out] = byte ? [source & 255n, (source % LIMB) >> 8n] : cut(limb(source), t, CUT);
  const [lost, kept] = cut(limb(old), t, CUT);
  const mixed = (taken * CUT + kept) >> BigInt(8 * t);
  const word = low ? (source / LIMB) * LIMB + mixed : mixed * LIMB + (old % LIMB);
  return { used: true, byte, low, t, s, o, v: values.id(word), taken, left_out, lost, kept };
}
