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
  /** False where the kernel fails its trial or cannot be compiled: then plain integers do the work, some thirty times slower. */
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
  /** Undefined where the runtime does not know relaxed SIMD. */
  readonly kernel: WebAssembly.Module | undefined;
}

interface KernelExports {
  permute(scratch: number, input: number, output: number): void;
  compress(scratch: number, jobs: number, jobsEnd: number, capacity: number): void;
}

let compiled: { kernel: WebAssembly.Module | undefined; constants: Uint8Array<ArrayBuffer> } | undefined;

/** Undefined when the runtime refuses an instruction of the module. */
export function compileKernel(module: Uint8Array<ArrayBuffer>): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(module);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}

/** A shared memory of at most `bytesMax` (4 GiB at the utmost) with the kernel's constants in place; may be sent to workers. */
export function createHashMemory(bytes: number, bytesMax = bytes): HashMemory {
  if (compiled === undefined) {
    const { module, constants } = writeKernel();
    compiled = { kernel: compileKernel(module), constants };
  }
  const pages = (size: number) => Math.ceil((RESERVED_BYTES + size) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages(bytes), maximum: pages(bytesMax), shared: true });
  new Uint8Array(memory.buffer).set(compiled.constants);
  return { memory, kernel: compiled.kernel };
}

/**
 * An engine for one thread; `thread` selects its scratch space. The kernel is tried first, in this thread: where a multiplication and an addition
 * are rounded apart (a processor without FMA) it would give wrong hashes.
 */
export function createHashEngine({ memory, kernel }: HashMemory, thread = 0): HashEngine {
  assert(thread < THREADS_MAX, 'too many hashing threads');
  if (kernel === undefined) return createReferenceEngine(memory);
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
/** Inputs, outputs and jobs of one trial. */
const TRIAL_BYTES = 2 * 8 * FR_BYTES + 2 * JOB_BYTES;
const trialAddress = (thread: number): number => CONSTANTS_BYTES + THREADS_MAX * SCRATCH_BYTES + thread * TRIAL_BYTES;

/** Two different states at once, so that each half of a vector has its own; every state passes through both halves. */
function passesTrial(engine: HashEngine, memory: WebAssembly.Memory, thread: number): boolean {
  const inputs = trialAddress(thread);
  const outputs = inputs + 8 * FR_BYTES;
  const jobs = outputs + 8 * FR_BYTES;
  const element = (base: number, i: number) => base + i * FR_BYTES;
  for (let job = 0; job < 2; job++) {
    const addresses = [0, 1, 2].map((j) => element(inputs, 4 * job + j));
    new Uint32Array(memory.buffer, jobs + job * JOB_BYTES, 4).set([...addresses, element(outputs, job)]);
  }
  return TRIALS.every((state, i) => {
    const other = TRIALS[(i + 1) % TRIALS.length]!;
    for (const [j, x] of [...state, ...other].entries()) writeFr(memory, element(inputs, j), x);
    engine.compress(jobs, jobs + 2 * JOB_BYTES, element(inputs, 3));
    const [a, b, c] = other;
    const areJobsRight = [permuteReference(state)[0], permuteReference([a, b, c, state[3]])[0]].every(
      (x, job) => readFr(memory, element(outputs, job)) === x,
    );
    engine.permute(inputs, outputs);
    return areJobsRight && permuteReference(state).every((x, j) => readFr(memory, element(outputs, j)) === x);
  });
}
