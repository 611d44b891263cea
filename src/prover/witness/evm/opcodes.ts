/**
 * What the step loop knows of each instruction of Cancun: operands, results, static gas, and the table that proves it. One source for the
 * witness builder and the circuit (`circuits/evm/src/opcodes.nr` is generated from it). An instruction of more than two operands runs as
 * several steps: ARGS steps take two operands each, the last step takes the rest and gives the result (ADR 0015).
 */

/** In the order of their rows in the bus. BOUNDARY rows are not constrained yet: see ADR 0015. */
export const TABLE = {
  NONE: 0,
  ARITHMETIC: 1,
  FLOW: 2,
  GAS: 3,
  BOUNDARY: 4,
  MEMORY: 5,
  CALLDATA: 6,
  ENVIRONMENT: 7,
  BITWISE: 8,
  MULDIV: 9,
  SIGNED: 10,
  MODULAR: 11,
  EXP: 12,
} as const;
export type Table = (typeof TABLE)[keyof typeof TABLE];

export const OP = {
  STOP: 0x00,
  ADD: 0x01,
  MUL: 0x02,
  SUB: 0x03,
  DIV: 0x04,
  SDIV: 0x05,
  MOD: 0x06,
  SMOD: 0x07,
  ADDMOD: 0x08,
  MULMOD: 0x09,
  EXP: 0x0a,
  SIGNEXTEND: 0x0b,
  LT: 0x10,
  GT: 0x11,
  SLT: 0x12,
  SGT: 0x13,
  EQ: 0x14,
  ISZERO: 0x15,
  AND: 0x16,
  OR: 0x17,
  XOR: 0x18,
  NOT: 0x19,
  BYTE: 0x1a,
  SHL: 0x1b,
  SHR: 0x1c,
  SAR: 0x1d,
  CALLDATALOAD: 0x35,
  CALLDATACOPY: 0x37,
  RETURNDATACOPY: 0x3e,
  MLOAD: 0x51,
  MSTORE: 0x52,
  MSTORE8: 0x53,
  JUMP: 0x56,
  JUMPI: 0x57,
  PC: 0x58,
  MSIZE: 0x59,
  GAS: 0x5a,
  JUMPDEST: 0x5b,
  MCOPY: 0x5e,
  PUSH1: 0x60,
  PUSH32: 0x7f,
  RETURN: 0xf3,
  REVERT: 0xfd,
  /** Takes two operands for a later step of the same instruction. */
  ARGS: 0x100,
  /** A step after the end. */
  HALTED: 0x101,
  /** Looks at offset and size of memory before an instruction whose own table does not know the memory's size. */
  TOUCH: 0x102,
  /** Takes both places of a copy. */
  MEMORY_ARGS: 0x103,
  /** Takes the first two operands of ADDMOD and MULMOD. */
  MODULAR_ARGS: 0x104,
} as const;

export const OPS = 0x105;
/** Below it a real instruction. */
const REAL_OPS = 0x100;
/** More than a stack ever holds: what is not an instruction of Cancun never has its operands. */
const NEVER = 2047;

export interface OpInfo {
  readonly table: Table;
  /** Depths, 1 the top, of the two cells a step reads; 1 where it needs none. */
  readonly depthA: number;
  readonly depthB: number;
  /** Cells that must be there. */
  readonly needs: number;
  /** Change of height, and whether the top is a result. */
  readonly delta: number;
  readonly pushes: 0 | 1;
  /** What does not depend on operands or state. */
  readonly gas: number;
  /** The result is cell A; cell A gets cell B. */
  readonly copies: 0 | 1;
  readonly swaps: 0 | 1;
  /** Its row sees what comes after it, or the gas that is left. */
  readonly flows: 0 | 1;
  readonly seesGas: 0 | 1;
  /** Steps before its last, the operation of the first of them (the others are ARGS), and bytes of the constant after it. */
  readonly args: number;
  readonly lead: number;
  readonly immediate: number;
}

const UNKNOWN: OpInfo = {
  table: TABLE.NONE,
  depthA: 1,
  depthB: 1,
  needs: NEVER,
  delta: 0,
  pushes: 0,
  gas: 0,
  copies: 0,
  swaps: 0,
  flows: 0,
  seesGas: 0,
  args: 0,
  lead: OP.ARGS,
  immediate: 0,
};

/** [pops, pushes, static gas], Ethereum's yellow paper H.2 with EIP-1153, 2929, 3855, 4844, 5656. Gas that varies stands in the row. */
const COMMON: Readonly<Record<number, readonly [number, 0 | 1, number]>> = {
  0: [0, 0, 0],
  1: [2, 1, 3],
  2: [2, 1, 5],
  3: [2, 1, 3],
  4: [2, 1, 5],
  5: [2, 1, 5],
  6: [2, 1, 5],
  7: [2, 1, 5],
  8: [3, 1, 8],
  9: [3, 1, 8],
  10: [2, 1, 10],
  11: [2, 1, 5],
  16: [2, 1, 3],
  17: [2, 1, 3],
  18: [2, 1, 3],
  19: [2, 1, 3],
  20: [2, 1, 3],
  21: [1, 1, 3],
  22: [2, 1, 3],
  23: [2, 1, 3],
  24: [2, 1, 3],
  25: [1, 1, 3],
  26: [2, 1, 3],
  27: [2, 1, 3],
  28: [2, 1, 3],
  29: [2, 1, 3],
  32: [2, 1, 30],
  48: [0, 1, 2],
  49: [1, 1, 0],
  50: [0, 1, 2],
  51: [0, 1, 2],
  52: [0, 1, 2],
  53: [1, 1, 3],
  54: [0, 1, 2],
  55: [3, 0, 3],
  56: [0, 1, 2],
  57: [3, 0, 3],
  58: [0, 1, 2],
  59: [1, 1, 0],
  60: [4, 0, 0],
  61: [0, 1, 2],
  62: [3, 0, 3],
  63: [1, 1, 0],
  64: [1, 1, 20],
  65: [0, 1, 2],
  66: [0, 1, 2],
  67: [0, 1, 2],
  68: [0, 1, 2],
  69: [0, 1, 2],
  70: [0, 1, 2],
  71: [0, 1, 5],
  72: [0, 1, 2],
  73: [1, 1, 3],
  74: [0, 1, 2],
  80: [1, 0, 2],
  81: [1, 1, 3],
  82: [2, 0, 3],
  83: [2, 0, 3],
  84: [1, 1, 0],
  85: [2, 0, 0],
  86: [1, 0, 8],
  87: [2, 0, 10],
  88: [0, 1, 2],
  89: [0, 1, 2],
  90: [0, 1, 2],
  91: [0, 0, 1],
  92: [1, 1, 100],
  93: [2, 0, 100],
  94: [3, 0, 3],
  95: [0, 1, 2],
  160: [2, 0, 375],
  161: [3, 0, 750],
  162: [4, 0, 1125],
  163: [5, 0, 1500],
  164: [6, 0, 1875],
  240: [3, 1, 32000],
  241: [7, 1, 0],
  242: [7, 1, 0],
  243: [2, 0, 0],
  244: [6, 1, 0],
  245: [4, 1, 32000],
  250: [6, 1, 0],
  253: [2, 0, 0],
  255: [1, 0, 5000],
};

const HALTS: ReadonlySet<number> = new Set([OP.STOP, OP.RETURN, OP.REVERT, 0xff]);
const ARITHMETIC: ReadonlySet<number> = new Set([OP.ADD, OP.SUB, OP.LT, OP.GT, OP.SLT, OP.SGT, OP.EQ, OP.ISZERO]);
const FLOW: ReadonlySet<number> = new Set([OP.JUMP, OP.JUMPI]);
const COPIES_TO_MEMORY: ReadonlySet<number> = new Set([OP.CALLDATACOPY, OP.RETURNDATACOPY, OP.MCOPY]);
const MEMORY: ReadonlySet<number> = new Set([
  ...COPIES_TO_MEMORY,
  OP.MLOAD,
  OP.MSTORE,
  OP.MSTORE8,
  OP.MSIZE,
  OP.RETURN,
  OP.REVERT,
]);
/** KECCAK256 and LOG0 to LOG4: offset and size stand on top of the stack. */
const TOUCHES: ReadonlySet<number> = new Set([0x20, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4]);
/** Words that a frame is given: the slot of each among them. 0 and 1 are those words themselves. */
export const ENVIRONMENT_SLOT: Readonly<Record<number, number>> = {
  [OP.STOP]: 0,
  // One frame: no call has returned anything. No transaction has blobs, so none has a hash and their price is the least.
  61: 0,
  73: 0,
  74: 1,
  54: 2,
  48: 3,
  50: 4,
  51: 5,
  52: 6,
  58: 7,
  65: 8,
  66: 9,
  67: 10,
  68: 11,
  69: 12,
  70: 13,
  72: 14,
  56: 15,
  // Beyond the last: PC has no slot.
  [OP.PC]: 16,
};
export const ENVIRONMENT_SLOTS = 16;
const BITWISE: ReadonlySet<number> = new Set([OP.AND, OP.OR, OP.XOR, OP.NOT]);
const MULDIV: ReadonlySet<number> = new Set([OP.MUL, OP.DIV, OP.MOD, OP.SHL, OP.SHR]);
const SIGNED: ReadonlySet<number> = new Set([OP.SDIV, OP.SMOD, OP.SAR, OP.SIGNEXTEND, OP.BYTE]);
const MODULAR: ReadonlySet<number> = new Set([OP.ADDMOD, OP.MULMOD]);
/** What the step loop does by itself. */
const PLAIN: ReadonlySet<number> = new Set([0x50, OP.JUMPDEST, 0x5f]);

function tableOf(op: number): Table {
  if (PLAIN.has(op)) return TABLE.NONE;
  if (ARITHMETIC.has(op)) return TABLE.ARITHMETIC;
  if (FLOW.has(op)) return TABLE.FLOW;
  if (MEMORY.has(op)) return TABLE.MEMORY;
  if (op === OP.CALLDATALOAD) return TABLE.CALLDATA;
  if (ENVIRONMENT_SLOT[op] !== undefined) return TABLE.ENVIRONMENT;
  if (BITWISE.has(op)) return TABLE.BITWISE;
  if (MULDIV.has(op)) return TABLE.MULDIV;
  if (SIGNED.has(op)) return TABLE.SIGNED;
  if (MODULAR.has(op)) return TABLE.MODULAR;
  if (op === OP.EXP) return TABLE.EXP;
  return op === OP.GAS ? TABLE.GAS : TABLE.BOUNDARY;
}

function leadOf(op: number): number {
  if (MODULAR.has(op)) return OP.MODULAR_ARGS;
  if (TOUCHES.has(op)) return OP.TOUCH;
  return COPIES_TO_MEMORY.has(op) ? OP.MEMORY_ARGS : OP.ARGS;
}

function common(op: number, [pops, pushes, gas]: readonly [number, 0 | 1, number]): OpInfo {
  const args = Math.max(0, Math.ceil(pops / 2) - 1);
  const left = pops - 2 * args;
  return {
    ...UNKNOWN,
    table: tableOf(op),
    depthB: left === 2 ? 2 : 1,
    needs: left,
    delta: pushes - left,
    pushes,
    gas,
    flows: FLOW.has(op) || HALTS.has(op) || op === OP.PC ? 1 : 0,
    seesGas: op === OP.GAS ? 1 : 0,
    args: args + (TOUCHES.has(op) ? 1 : 0),
    lead: leadOf(op),
  };
}

function infoOf(op: number): OpInfo {
  if (op >= OP.PUSH1 && op <= OP.PUSH32)
    return { ...UNKNOWN, needs: 0, delta: 1, pushes: 1, gas: 3, immediate: op - OP.PUSH1 + 1 };
  if (op >= 0x80 && op <= 0x8f)
    return { ...UNKNOWN, depthA: op - 0x7f, needs: op - 0x7f, delta: 1, pushes: 1, gas: 3, copies: 1 };
  if (op >= 0x90 && op <= 0x9f)
    return { ...UNKNOWN, depthA: op - 0x8e, needs: op - 0x8e, pushes: 1, gas: 3, copies: 1, swaps: 1 };
  if (op === OP.ARGS) return { ...UNKNOWN, table: TABLE.BOUNDARY, depthB: 2, needs: 2, delta: -2 };
  if (op === OP.MEMORY_ARGS) return { ...UNKNOWN, table: TABLE.MEMORY, depthB: 2, needs: 2, delta: -2 };
  if (op === OP.TOUCH) return { ...UNKNOWN, table: TABLE.MEMORY, depthB: 2, needs: 2 };
  if (op === OP.MODULAR_ARGS) return { ...UNKNOWN, table: TABLE.MODULAR, depthB: 2, needs: 2, delta: -2 };
  if (op === OP.HALTED) return { ...UNKNOWN, needs: 0 };
  const known = COMMON[op];
  return known === undefined ? UNKNOWN : common(op, known);
}

export const OP_INFO: readonly OpInfo[] = Array.from({ length: OPS }, (_, op) => infoOf(op));

export const isKnown = (op: number): boolean => op < REAL_OPS && OP_INFO[op]!.needs !== NEVER;

/** The operation of one of the steps of an instruction. */
export function stepOp(op: number, micro: number): number {
  const { args, lead } = OP_INFO[op]!;
  if (micro === args) return op;
  return micro === 0 ? lead : OP.ARGS;
}
