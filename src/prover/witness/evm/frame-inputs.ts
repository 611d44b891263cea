/** Inputs of the EVM circuit, named as its Noir structs name them. */

import type { WordsInput } from './word-inputs.ts';

export interface ValuesInput {
  readonly hi: readonly bigint[];
  readonly lo: readonly bigint[];
}

export interface CodePageInput {
  readonly index: bigint;
  readonly words: readonly bigint[];
  readonly begins: bigint;
  readonly siblings: readonly bigint[];
}

export interface InstructionInput {
  readonly page: number;
  readonly byte: number;
  readonly raw: number;
  readonly op: number;
  readonly landing: boolean;
  readonly first: boolean;
  readonly last: boolean;
  readonly left: bigint;
}

export interface PushInstructionInput {
  readonly instruction: InstructionInput;
  readonly end_page: number;
  readonly constant: number;
}

export interface ArithmeticInput {
  readonly add: boolean;
  readonly sub: boolean;
  readonly lt: boolean;
  readonly gt: boolean;
  readonly slt: boolean;
  readonly sgt: boolean;
  readonly eq: boolean;
  readonly iszero: boolean;
  readonly a: number;
  readonly b: number;
  readonly p: number;
  readonly q: number;
  readonly d: number;
  readonly carry_lo: boolean;
  readonly carry_hi: boolean;
  readonly inverse: bigint;
}

export interface FlowInput {
  readonly jump: boolean;
  readonly jumpi: boolean;
  readonly a: number;
  readonly b: number;
  readonly next: number;
  readonly inverse: bigint;
}

export interface GasInput {
  readonly used: boolean;
  readonly a: number;
  readonly b: number;
  readonly result: number;
}

export interface BoundaryInput {
  readonly used: boolean;
  readonly op: number;
  readonly a: number;
  readonly b: number;
  readonly next: number;
  readonly result: number;
  readonly cost: number;
}

export interface MemoryRequestInput {
  readonly mload: boolean;
  readonly mstore: boolean;
  readonly mstore8: boolean;
  readonly msize: boolean;
  readonly touch: boolean;
  readonly args: boolean;
  readonly calldatacopy: boolean;
  readonly mcopy: boolean;
  readonly returndatacopy: boolean;
  readonly ret: boolean;
  readonly revert: boolean;
  readonly a: number;
  readonly b: number;
  readonly next: number;
  readonly result: number;
  readonly inverse: bigint;
  readonly higher: boolean;
  readonly words: number;
  readonly end: number;
  readonly grows: boolean;
  readonly square: number;
  readonly access: number;
  readonly copy: number;
}

export interface AccessInput {
  readonly used: boolean;
  readonly write: boolean;
  readonly aligned: boolean;
  readonly word: number;
  readonly byte: number;
  readonly new0: number;
  readonly new1: number;
  readonly value: number;
  readonly window: number;
}

export interface WindowInput {
  readonly used: boolean;
  readonly old0: number;
  readonly old1: number;
  readonly new0: number;
  readonly new1: number;
  readonly value: number;
  readonly h: boolean;
  readonly t: number;
  readonly before0: bigint;
  readonly before1: bigint;
  readonly before2: bigint;
  readonly after2: bigint;
  readonly lost0: bigint;
  readonly lost2: bigint;
}

export interface CopyInput {
  readonly data: boolean;
  readonly memory: boolean;
  readonly byte: boolean;
  readonly output: boolean;
  readonly more: boolean;
  readonly source: number;
  readonly place: number;
  readonly index: number;
  readonly target: number;
  readonly left: number;
  readonly from: number;
  readonly to: number;
  readonly write: number;
  readonly slot: number;
  readonly merge: number;
  readonly s: number;
  readonly o: number;
  readonly v: number;
}

export interface MergeInput {
  readonly used: boolean;
  readonly byte: boolean;
  readonly low: boolean;
  readonly t: number;
  readonly s: number;
  readonly o: number;
  readonly v: number;
  readonly taken: bigint;
  readonly left_out: bigint;
  readonly lost: bigint;
  readonly kept: bigint;
}

export interface OutputInput {
  readonly used: boolean;
  readonly word: number;
}

export interface MemoryInput {
  readonly requests: readonly MemoryRequestInput[];
  readonly accesses: readonly AccessInput[];
  readonly windows: readonly WindowInput[];
  readonly copies: readonly CopyInput[];
  readonly merges: readonly MergeInput[];
  readonly output: readonly OutputInput[];
}

export interface DataWordInput {
  readonly used: boolean;
  readonly word: bigint;
}

export interface DataInput {
  readonly words: readonly DataWordInput[];
  readonly size: number;
  readonly end: number;
  readonly tail: number;
}

export interface CalldataInput {
  readonly used: boolean;
  readonly a: number;
  readonly b: number;
  readonly index: number;
  readonly result: number;
}

export interface EnvironmentInput {
  readonly used: boolean;
  readonly pc: boolean;
  readonly op: number;
  readonly a: number;
  readonly b: number;
  readonly next: number;
  readonly slot: number;
  readonly result: number;
}

export interface StepInput {
  readonly instruction: number;
  readonly a: number;
  readonly b: number;
  readonly to: number;
  readonly row: number;
}

export interface FrameInput {
  readonly values: ValuesInput;
  readonly pages: readonly CodePageInput[];
  readonly pushes: readonly PushInstructionInput[];
  readonly others: readonly InstructionInput[];
  readonly arithmetic: readonly ArithmeticInput[];
  readonly flow: readonly FlowInput[];
  readonly gas: readonly GasInput[];
  readonly boundary: readonly BoundaryInput[];
  readonly memory: MemoryInput;
  readonly data: DataInput;
  readonly calldata: readonly CalldataInput[];
  readonly names: readonly number[];
  readonly environment: readonly EnvironmentInput[];
  readonly words: WordsInput;
  readonly steps: readonly StepInput[];
}

export interface EvmInputs {
  readonly frame: FrameInput;
  readonly code_root: bigint;
  readonly gas_before: bigint;
  readonly gas_after: bigint;
  readonly context: ValuesInput;
  readonly data_hash: bigint;
  readonly reverted: bigint;
  readonly size: bigint;
  readonly output: readonly { readonly hi: bigint; readonly lo: bigint }[];
}
