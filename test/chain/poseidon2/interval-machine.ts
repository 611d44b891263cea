/**
 * Runs the kernel's instructions on ranges (interval.ts). Addresses and loops are concrete, as they do not depend on the data; both halves of a
 * vector are one range that holds what either may contain. Remembers the extremes it saw.
 */

import { LIMBS, RADIX } from '../../../src/chain/poseidon2/kernel/limbs.ts';
import {
  add,
  addDoubles,
  and,
  integer,
  join,
  multiplyAdd,
  OutOfRange,
  or,
  productRange,
  shiftLeft,
  shiftRight,
  shiftRightSigned,
  signed,
  subtractDoubles,
  type Word,
} from './interval.ts';
import type { Instruction, WasmFunction } from './wasm-decoder.ts';

type Cell = number | Word;

const BYTES_OF_VECTOR = 16;
const ANY_WORD = integer(0n, (1n << 64n) - 1n);

export class IntervalMachine {
  readonly #functions: readonly WasmFunction[];
  readonly #constants: DataView;
  readonly #vectors = new Map<number, Word>();
  readonly #words = new Map<number, Word>();
  readonly #addresses = new Map<number, number>();
  instructions = 0;
  multiplications = 0;
  /** Greatest magnitude of a product. */
  largestProduct = 0n;
  /** Ranges of the integers that were taken out of vectors, five for each output: its limbs before it is made canonical. */
  readonly outputs: { readonly low: bigint; readonly high: bigint }[] = [];
  #output: Word[] = [];

  constructor(functions: readonly WasmFunction[], constants: Uint8Array) {
    this.#functions = functions;
    this.#constants = new DataView(constants.buffer, constants.byteOffset, constants.byteLength);
  }

  setVector(address: number, word: Word): void {
    this.#vectors.set(address, word);
  }

  getVector(address: number): Word {
    const word = this.#vectors.get(address);
    if (word !== undefined) return word;
    if (address + BYTES_OF_VECTOR > this.#constants.byteLength) throw new Error(`nothing was stored at ${address}`);
    return integer(this.#constants.getBigUint64(address, true));
  }

  /** A 64-bit word of an input. */
  setWord(address: number, word: Word): void {
    this.#words.set(address, word);
  }

  getWord(address: number): Word {
    const word = this.#words.get(address);
    if (word === undefined) throw new Error(`no word at ${address}`);
    return word;
  }

  setAddress(address: number, value: number): void {
    this.#addresses.set(address, value);
  }

  call(index: number, args: readonly number[]): void {
    const { params, locals, code } = this.#functions[index]!;
    if (args.length !== params) throw new Error('a call with the wrong number of arguments');
    const cells: Cell[] = [...args];
    while (cells.length < locals) cells.push(0);
    const stack: Cell[] = [];
    for (let at = 0; at < code.length; ) at = this.#step(code, at, cells, stack);
  }

  #step(code: readonly Instruction[], at: number, cells: Cell[], stack: Cell[]): number {
    const { op, immediate, target } = code[at]!;
    const n = Number(immediate);
    const number = (): number => stack.pop() as number;
    const word = (): Word => stack.pop() as Word;
    const push = (cell: Cell): void => void stack.push(cell);
    const binary = (work: (x: Word, y: Word) => Word): void => {
      const y = word();
      push(work(word(), y));
    };
    const compare = (holds: (x: number, y: number) => boolean): void => {
      const y = number();
      push(holds(number(), y) ? 1 : 0);
    };
    const shift = (work: (x: Word, by: bigint) => Word): void => {
      const by = stack.pop()!;
      const amount = typeof by === 'number' ? BigInt(by) : by.low;
      push(work(word(), amount));
    };
    this.instructions += 1;
    switch (op) {
      case 'local.get':
        push(cells[n]!);
        break;
      case 'local.set':
        cells[n] = stack.pop()!;
        break;
      case 'local.tee':
        cells[n] = stack.at(-1)!;
        break;
      case 'call': {
        const { params } = this.#functions[n]!;
        this.call(n, stack.splice(stack.length - params, params) as number[]);
        break;
      }
      case 'block':
      case 'loop':
      case 'end':
        break;
      case 'br':
        return target;
      case 'br_if':
        if (number() !== 0) return target;
        break;
      case 'select': {
        const condition = number();
        const second = stack.pop()!;
        const first = stack.pop()!;
        push(condition !== 0 ? first : second);
        break;
      }
      case 'i32.const':
        push(n);
        break;
      case 'i32.add':
        push(number() + number());
        break;
      case 'i32.lt_u':
        compare((x, y) => x < y);
        break;
      case 'i32.ge_u':
        compare((x, y) => x >= y);
        break;
      case 'i32.load': {
        const value = this.#addresses.get(number() + n);
        if (value === undefined) throw new Error('no address there');
        push(value);
        break;
      }
      case 'v128.const':
      case 'i64.const':
        push(integer(immediate));
        break;
      case 'v128.load':
        push(this.getVector(number() + n));
        break;
      case 'v128.store': {
        const value = word();
        const address = number() + n;
        if (address % BYTES_OF_VECTOR !== 0) throw new Error('a vector is stored across another');
        this.setVector(address, value);
        break;
      }
      case 'v128.load64_splat':
        push(this.getWord(number() + n));
        break;
      case 'v128.load64_lane': {
        const other = word();
        push(join(other, this.getWord(number() + n)));
        break;
      }
      case 'i64.store': {
        const value = word();
        this.setWord(number() + n, value);
        break;
      }
      case 'i64x2.extract_lane':
        this.#extract(stack.at(-1) as Word);
        break;
      case 'v128.and':
      case 'i64.and':
        binary(and);
        break;
      case 'v128.or':
      case 'i64.or':
        binary(or);
        break;
      case 'i64x2.add':
      case 'i64.add':
        binary(add);
        break;
      case 'i64x2.shl':
      case 'i64.shl':
        shift(shiftLeft);
        break;
      case 'i64x2.shr_u':
        shift(shiftRight);
        break;
      case 'i64.shr_u':
        // Only in the last step, on a limb that is negative or not as its sign says: a range does not know that (see `outputs`).
        shift((x, by) => (x.low < 0n && x.high >= 0n ? ANY_WORD : shiftRight(x, by)));
        break;
      case 'i64.shr_s':
        shift(shiftRightSigned);
        break;
      case 'f64x2.add':
        binary(addDoubles);
        break;
      case 'f64x2.sub':
        binary(subtractDoubles);
        break;
      case 'f64x2.relaxed_madd': {
        const c = word();
        const b = word();
        this.#multiply(word(), b, c, push);
        break;
      }
      default:
        throw new Error(`the machine does not know ${op}`);
    }
    return at + 1;
  }

  #multiply(a: Word, b: Word, c: Word, push: (word: Word) => void): void {
    this.multiplications += 1;
    const [low, high] = productRange(a.value, b.value);
    const largest = -low > high ? -low : high;
    if (largest > this.largestProduct) this.largestProduct = largest;
    push(multiplyAdd(a, b, c));
  }

  #extract(word: Word): void {
    this.#output.push(signed(word));
    if (this.#output.length < LIMBS) return;
    const sum = (end: 'low' | 'high') => this.#output.reduceRight((total, limb) => total * RADIX + limb[end], 0n);
    this.outputs.push({ low: sum('low'), high: sum('high') });
    this.#output = [];
  }
}

export { OutOfRange };
