/** The rows of one frame before they are padded to a profile. */

import type { FactRef } from './fact-tables.ts';
import type { FrameInput, StepInput } from './frame-inputs.ts';
import type { Table } from './opcodes.ts';
import type { WordsInput } from './word-inputs.ts';

/** A step whose rows are counted within their tables. */
export interface FrameStep extends Omit<StepInput, 'instruction' | 'row'> {
  readonly instruction: { readonly push: boolean; readonly row: number };
  readonly table: Table;
  /** Row of that table; 0 when the step takes none. */
  readonly row: number;
}

export interface FrameTables extends Omit<FrameInput, 'values' | 'words' | 'steps' | 'data'> {
  /** Of the value table. */
  readonly values: readonly bigint[];
  readonly words: WordsInput<FactRef>;
  readonly steps: readonly FrameStep[];
  /** Height of the stack at the end, and the highest cell that is touched. */
  readonly top: number;
  readonly highestCell: number;
  readonly data: Uint8Array;
  /** Words of the context, by slot. */
  readonly context: readonly bigint[];
  /** Cells of memory that accesses touch. */
  readonly memoryWords: number;
  readonly returned: { readonly reverted: boolean; readonly size: number };
  readonly codeRoot: bigint;
  readonly gasBefore: bigint;
  readonly gasAfter: bigint;
}
