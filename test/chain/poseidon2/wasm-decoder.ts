/** Reads back the functions of a WebAssembly module, as far as the Poseidon2 kernel uses the language: independent of the assembler that wrote it. */

export interface Instruction {
  readonly op: string;
  /** A local, an offset, a function, a lane or a constant. */
  readonly immediate: bigint;
  /** Where a branch goes on. */
  target: number;
  /** Where it begins in the module's bytes. */
  readonly start: number;
}

export interface WasmFunction {
  readonly params: number;
  readonly locals: number;
  readonly code: readonly Instruction[];
  /** Where its locals and its code begin, and where it ends, in the module's bytes. */
  readonly place: { readonly locals: number; readonly code: number; readonly end: number };
}

const PLAIN: Record<number, string> = {
  27: 'select',
  73: 'i32.lt_u',
  79: 'i32.ge_u',
  106: 'i32.add',
  124: 'i64.add',
  131: 'i64.and',
  132: 'i64.or',
  134: 'i64.shl',
  135: 'i64.shr_s',
  136: 'i64.shr_u',
};
const WITH_INDEX: Record<number, string> = { 16: 'call', 32: 'local.get', 33: 'local.set', 34: 'local.tee' };
const MEMORY: Record<number, string> = { 40: 'i32.load', 55: 'i64.store' };
const VECTOR: Record<number, string> = {
  78: 'v128.and',
  80: 'v128.or',
  203: 'i64x2.shl',
  205: 'i64x2.shr_u',
  206: 'i64x2.add',
  240: 'f64x2.add',
  241: 'f64x2.sub',
  263: 'f64x2.relaxed_madd',
};
const VECTOR_MEMORY: Record<number, string> = { 0: 'v128.load', 10: 'v128.load64_splat', 11: 'v128.store' };

export class Reader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Error('the module ends early');
    return byte;
  }

  leb(isSigned = false): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return isSigned && (byte & 0x40) !== 0 ? value - (1n << (shift + 7n)) : value;
    }
  }

  count(): number {
    return Number(this.leb());
  }

  little(bytes: number): bigint {
    let value = 0n;
    for (let i = 0; i < bytes; i++) value |= BigInt(this.byte()) << BigInt(8 * i);
    return value;
  }
}

export function decodeModule(module: Uint8Array): WasmFunction[] {
  const reader = new Reader(module);
  reader.at = 8;
  const params: number[] = [];
  const functions: WasmFunction[] = [];
  while (reader.at < module.length) {
    const id = reader.byte();
    const end = reader.count() + reader.at;
    if (id === 1) {
      for (let left = reader.count(); left > 0; left--) {
        reader.byte();
        const count = reader.count();
        reader.at += count;
        params.push(count);
        const results = reader.count();
        reader.at += results;
      }
    }
    if (id === 10) {
      const count = reader.count();
      for (let i = 0; i < count; i++) functions.push(decodeFunction(reader, params[i]!));
    }
    reader.at = end;
  }
  return functions;
}

function decodeFunction(reader: Reader, params: number): WasmFunction {
  const end = reader.count() + reader.at;
  const begin = reader.at;
  let locals = params;
  for (let groups = reader.count(); groups > 0; groups--) {
    locals += reader.count();
    reader.byte();
  }
  const place = { locals: begin, code: reader.at, end };
  const code: Instruction[] = [];
  while (reader.at < end) code.push(decodeInstruction(reader));
  aim(code);
  return { params, locals, code, place };
}

function decodeInstruction(reader: Reader): Instruction {
  const start = reader.at;
  const make = (op: string, immediate = 0n): Instruction => ({ op, immediate, target: -1, start });
  const code = reader.byte();
  if (PLAIN[code] !== undefined) return make(PLAIN[code]);
  if (WITH_INDEX[code] !== undefined) return make(WITH_INDEX[code], reader.leb());
  if (MEMORY[code] !== undefined) return make(MEMORY[code], offset(reader));
  switch (code) {
    case 0x02:
    case 0x03:
      reader.byte();
      return make(code === 0x02 ? 'block' : 'loop');
    case 0x0b:
      return make('end');
    case 0x0c:
      return make('br', reader.leb());
    case 0x0d:
      return make('br_if', reader.leb());
    case 0x41:
      return make('i32.const', reader.leb(true));
    case 0x42:
      return make('i64.const', reader.leb(true));
    case 0xfd:
      return decodeVector(reader, make);
    default:
      throw new Error(`opcode ${code.toString(16)} is not expected in the kernel`);
  }
}

function decodeVector(reader: Reader, make: (op: string, immediate?: bigint) => Instruction): Instruction {
  const code = reader.count();
  if (VECTOR[code] !== undefined) return make(VECTOR[code]);
  if (VECTOR_MEMORY[code] !== undefined) return make(VECTOR_MEMORY[code], offset(reader));
  switch (code) {
    case 0x0c: {
      const low = reader.little(8);
      if (reader.little(8) !== low) throw new Error('the halves of a constant differ');
      return make('v128.const', low);
    }
    case 0x1d:
      return make('i64x2.extract_lane', BigInt(reader.byte()));
    case 0x57: {
      const at = offset(reader);
      if (reader.byte() !== 1) throw new Error('only lane 1 is loaded alone');
      return make('v128.load64_lane', at);
    }
    default:
      throw new Error(`vector opcode ${code.toString(16)} is not expected in the kernel`);
  }
}

function offset(reader: Reader): bigint {
  reader.leb();
  return reader.leb();
}

/** Gives each branch the number of the instruction where it goes on. */
function aim(code: readonly Instruction[]): void {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (const [i, { op }] of code.entries()) {
    if (op === 'block' || op === 'loop') open.push(i);
    if (op === 'end' && open.length > 0) ends.set(open.pop()!, i);
  }
  const around: number[] = [];
  for (const [i, instruction] of code.entries()) {
    const { op, immediate } = instruction;
    if (op === 'block' || op === 'loop') around.push(i);
    if (op === 'end') around.pop();
    if (op !== 'br' && op !== 'br_if') continue;
    const begin = around.at(-1 - Number(immediate))!;
    instruction.target = code[begin]!.op === 'loop' ? begin + 1 : ends.get(begin)! + 1;
  }
}
