/** Runs the WebAssembly kernel over field elements that lie in a memory as 32-byte little-endian integers below the modulus. */

import { assert } from '../../base/assert.ts';
import { FR_MODULUS } from '../constants.ts';
import { CONSTANTS_BYTES, FR_BYTES, JOB_BYTES, SCRATCH_BYTES } from './kernel/layout.ts';
import { writeKernel } from './kernel/write-kernel.ts';
import { permuteReference, type State } from './reference.ts';

export { FR_BYTES, JOB_BYTES };

/** Threads that can hash in one memory at the same time. */
export const THREADS_MAX = 8;
/** The kernel's own part of every memory; what lies above is the caller's. */
export const RESERVED_BYTES = 393_216;
const PAGE_BYTES = 65_536;

export interface HashEngine {
  /** False where the processor's vector unit rounds twice: then plain integers do the work, some thirty times slower. */
  readonly isFast: boolean;
  /** Four adjacent elements to four adjacent elements. */
  permute(input: number, output: number): void;
  /**
   * For every job between the addresses, the permutation's first element of three inputs and the capacity element. A job is four 32-bit
   * words: addresses of three inputs and of the output. A job must not read what another job of the call writes.
   */
  compress(jobs: number, jobsEnd: number, capacity: number): void;
}

export interface HashMemory {
  readonly memory: WebAssembly.Memory;
  readonly kernel: WebAssembly.Module;
}

interface KernelExports {
  permute(scratch: number, input: number, output: number): void;
  compress(scratch: number, jobs: number, jobsEnd: number, capacity: number): void;
}

let compiled: { kernel: WebAssembly.Module; constants: Uint8Array<ArrayBuffer> } | undefined;

/** A shared memory of at most `bytesMax` (4 GiB at the utmost) with the kernel's constants in place; may be sent to workers. */
export function createHashMemory(bytes: number, bytesMax = bytes): HashMemory {
  if (compiled === undefined) {
    const { module, constants } = writeKernel();
    compiled = { kernel: new WebAssembly.Module(module), constants };
  }
  const pages = (size: number) => Math.ceil((RESERVED_BYTES + size) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages(bytes), maximum: pages(bytesMax), shared: true });
  new Uint8Array(memory.buffer).set(compiled.constants);
  return { memory, kernel: compiled.kernel };
}

/** An engine for one thread; `thread` selects its scratch space. */
export function createHashEngine({ memory, kernel }: HashMemory, thread = 0): HashEngine {
  assert(thread < THREADS_MAX, 'too many hashing threads');
  const scratch = CONSTANTS_BYTES + thread * SCRATCH_BYTES;
  const { permute, compress } = new WebAssembly.Instance(kernel, { env: { memory } })
    .exports as unknown as KernelExports;
  const fast: HashEngine = {
    isFast: true,
    permute: (input, output) => permute(scratch, input, output),
    compress: (jobs, jobsEnd, capacity) => {
      if (jobs < jobsEnd) compress(scratch, jobs, jobsEnd, capacity);
    },
  };
  return passesTrial(fast, memory, thread) ? fast : createReferenceEngine(memory);
}

/** The same over plain integers. */
export function createReferenceEngine(memory: WebAssembly.Memory): HashEngine {
  const four = (address: number) => [0, 1, 2, 3].map((j) => readFr(memory, address + j * FR_BYTES)) as unknown as State;
  return {
    isFast: false,
    permute(input, output) {
      for (const [j, x] of permuteReference(four(input)).entries()) writeFr(memory, output + j * FR_BYTES, x);
    },
    compress(jobs, jobsEnd, capacity) {
      const words = new Uint32Array(memory.buffer);
      for (let job = jobs / 4; job < jobsEnd / 4; job += JOB_BYTES / 4) {
        const [a, b, c] = [0, 1, 2].map((j) => readFr(memory, words[job + j]!)) as [bigint, bigint, bigint];
        writeFr(memory, words[job + 3]!, permuteReference([a, b, c, readFr(memory, capacity)])[0]);
      }
    },
  };
}

/** `address` is a multiple of 8. */
export function writeFr(memory: WebAssembly.Memory, address: number, value: bigint): void {
  const words = new BigUint64Array(memory.buffer, address, 4);
  words[0] = value;
  words[1] = value >> 64n;
  words[2] = value >> 128n;
  words[3] = value >> 192n;
}

export function readFr(memory: WebAssembly.Memory, address: number): bigint {
  const words = new BigUint64Array(memory.buffer, address, 4);
  return (((((words[3]! << 64n) | words[2]!) << 64n) | words[1]!) << 64n) | words[0]!;
}

const TRIALS: readonly State[] = [
  [0n, 0n, 0n, 0n],
  [FR_MODULUS - 1n, FR_MODULUS - 1n, FR_MODULUS - 1n, FR_MODULUS - 1n],
  [FR_MODULUS / 2n, FR_MODULUS / 2n + 1n, FR_MODULUS / 3n, 1n],
];

function passesTrial(engine: HashEngine, memory: WebAssembly.Memory, thread: number): boolean {
  const place = trialAddress(thread);
  return TRIALS.every((input) => {
    for (const [j, x] of input.entries()) writeFr(memory, place + j * FR_BYTES, x);
    engine.permute(place, place + 4 * FR_BYTES);
    return permuteReference(input).every((x, j) => readFr(memory, place + (4 + j) * FR_BYTES) === x);
  });
}

const trialAddress = (thread: number): number => CONSTANTS_BYTES + THREADS_MAX * SCRATCH_BYTES + thread * 8 * FR_BYTES;
