/** Just enough of a WebAssembly assembler for the Poseidon2 kernel (WebAssembly 2.0, threads and relaxed SIMD proposals). */

export type ValueType = 'i32' | 'i64' | 'v128';

const TYPE: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, v128: 0x7b };
const SIMD = 0xfd;

const OPCODE = {
  'i32.add': [0x6a],
  'i32.lt_u': [0x49],
  'i32.ge_u': [0x4f],
  select: [0x1b],
  'i32.wrap_i64': [0xa7],
  'i64.add': [0x7c],
  'i64.sub': [0x7d],
  'i64.and': [0x83],
  'i64.or': [0x84],
  'i64.shl': [0x86],
  'i64.shr_s': [0x87],
  'i64.shr_u': [0x88],
  'v128.and': [SIMD, 0x4e],
  'v128.or': [SIMD, 0x50],
  'i64x2.shl': [SIMD, 0xcb, 0x01],
  'i64x2.shr_u': [SIMD, 0xcd, 0x01],
  'i64x2.add': [SIMD, 0xce, 0x01],
  'i64x2.sub': [SIMD, 0xd1, 0x01],
  'f64x2.add': [SIMD, 0xf0, 0x01],
  'f64x2.sub': [SIMD, 0xf1, 0x01],
  'f64x2.relaxed_madd': [SIMD, 0x87, 0x02],
} as const;

const MEMORY_OPCODE = {
  'i64.load': [[0x29], 3],
  'i64.store': [[0x37], 3],
  'i32.load': [[0x28], 2],
  'v128.load': [[SIMD, 0x00], 4],
  'v128.load64_splat': [[SIMD, 0x0a], 3],
  'v128.store': [[SIMD, 0x0b], 4],
} as const;

export function unsignedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}

function signedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest < -64n || rest > 63n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest & 0x7fn)];
}

const littleEndian = (value: bigint): number[] =>
  Array.from({ length: 8 }, (_, i) => Number((BigInt.asUintN(64, value) >> BigInt(8 * i)) & 0xffn));

/** The body of one function, written in stack order. */
export class FunctionWriter {
  readonly params: readonly ValueType[];
  readonly #locals: ValueType[] = [];
  readonly #code: number[] = [];

  constructor(params: readonly ValueType[]) {
    this.params = params;
  }

  local(type: ValueType): number {
    this.#locals.push(type);
    return this.params.length + this.#locals.length - 1;
  }

  get(local: number): this {
    this.#code.push(0x20, ...unsignedLeb(local));
    return this;
  }

  set(local: number): this {
    this.#code.push(0x21, ...unsignedLeb(local));
    return this;
  }

  tee(local: number): this {
    this.#code.push(0x22, ...unsignedLeb(local));
    return this;
  }

  op(name: keyof typeof OPCODE): this {
    this.#code.push(...OPCODE[name]);
    return this;
  }

  memory(name: keyof typeof MEMORY_OPCODE, offset: number): this {
    const [opcode, alignment] = MEMORY_OPCODE[name];
    this.#code.push(...opcode, alignment === 4 ? 3 : alignment, ...unsignedLeb(offset));
    return this;
  }

  /** Loads lane 1 of the vector on the stack. */
  loadLane1(offset: number): this {
    this.#code.push(SIMD, 0x57, 3, ...unsignedLeb(offset), 1);
    return this;
  }

  extractLane(lane: 0 | 1): this {
    this.#code.push(SIMD, 0x1d, lane);
    return this;
  }

  i32(value: number): this {
    this.#code.push(0x41, ...signedLeb(BigInt(value)));
    return this;
  }

  i64(value: bigint): this {
    this.#code.push(0x42, ...signedLeb(BigInt.asIntN(64, value)));
    return this;
  }

  /** A vector with the same 64 bits in both lanes. */
  splat(bits: bigint): this {
    const lane = littleEndian(bits);
    this.#code.push(SIMD, 0x0c, ...lane, ...lane);
    return this;
  }

  call(index: number): this {
    this.#code.push(0x10, ...unsignedLeb(index));
    return this;
  }

  /** Runs `body` and repeats it until `exit` leaves a non-zero i32. */
  loop(body: () => void, exit: () => void): this {
    this.#code.push(0x02, 0x40, 0x03, 0x40);
    body();
    exit();
    this.#code.push(0x0d, 1, 0x0c, 0, 0x0b, 0x0b);
    return this;
  }

  bytes(): number[] {
    const locals = this.#locals.flatMap((type) => [1, TYPE[type]]);
    const body = [...unsignedLeb(this.#locals.length), ...locals];
    const size = body.length + this.#code.length + 1;
    const out = [...unsignedLeb(size), ...body];
    for (const byte of this.#code) out.push(byte);
    out.push(0x0b);
    return out;
  }
}

const section = (id: number, entries: readonly (readonly number[])[]): number[] => {
  const content = [...unsignedLeb(entries.length)];
  for (const entry of entries) for (const byte of entry) content.push(byte);
  const out = [id, ...unsignedLeb(content.length)];
  for (const byte of content) out.push(byte);
  return out;
};

const name = (text: string): number[] => [text.length, ...Buffer.from(text)];

/** A module that imports a shared memory `env.memory` of at most `pagesMax` and exports the named functions (none returns a value). */
export function writeModule(
  functions: readonly FunctionWriter[],
  exports: Readonly<Record<string, number>>,
  pagesMax: number,
): Uint8Array<ArrayBuffer> {
  const SHARED_WITH_MAXIMUM = 0x03;
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      functions.map(({ params }) => [0x60, params.length, ...params.map((type) => TYPE[type]), 0]),
    ),
    ...section(2, [[...name('env'), ...name('memory'), 0x02, SHARED_WITH_MAXIMUM, 1, ...unsignedLeb(pagesMax)]]),
    ...section(
      3,
      functions.map((_, index) => unsignedLeb(index)),
    ),
    ...section(
      7,
      Object.entries(exports).map(([label, index]) => [...name(label), 0x00, ...unsignedLeb(index)]),
    ),
    ...section(
      10,
      functions.map((body) => body.bytes()),
    ),
  ]);
}
