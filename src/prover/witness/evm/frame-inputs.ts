/** Inputs of the EVM circuit, named as its Noir structs name them. */

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
  readonly steps: readonly StepInput[];
}

export interface EvmInputs {
  readonly frame: FrameInput;
  readonly code_root: bigint;
  readonly gas_before: bigint;
  readonly gas_after: bigint;
}
