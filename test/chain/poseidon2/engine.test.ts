import { describe, expect, test } from 'vitest';
import {
  compileKernel,
  createHashEngine,
  createHashMemory,
  FR_BYTES,
  type HashMemory,
  JOB_BYTES,
  RESERVED_BYTES,
  readFr,
  writeFr,
} from '../../../src/chain/poseidon2/engine.ts';
import { writeKernel } from '../../../src/chain/poseidon2/kernel/write-kernel.ts';
import { permuteReference, type State } from '../../../src/chain/poseidon2/reference.ts';
import { createRandom } from '../../state/random.ts';
import { separateRounding } from './separate-rounding.ts';

const INPUT = RESERVED_BYTES;
const OUTPUT = INPUT + 4 * FR_BYTES;
const JOBS = OUTPUT + 4 * FR_BYTES;
const BYTES = 2 * 4 * FR_BYTES + 4 * JOB_BYTES;

/** Whether the kernel is used; in any case the hashes must be right. */
function isFastAndRight(place: HashMemory, thread = 0): boolean {
  const random = createRandom();
  const engine = createHashEngine(place, thread);
  const { memory } = place;
  for (let i = 0; i < 10; i++) {
    const state: State = [random.fr(), random.fr(), random.fr(), random.fr()];
    for (const [j, x] of state.entries()) writeFr(memory, INPUT + j * FR_BYTES, x);
    engine.permute(INPUT, OUTPUT);
    const expected = permuteReference(state);
    expect(expected.map((_, j) => readFr(memory, OUTPUT + j * FR_BYTES))).toEqual(expected);
    // Three jobs: both halves of a vector differ, and the last stands alone.
    const job = [INPUT, INPUT + FR_BYTES, INPUT + 2 * FR_BYTES];
    const words = new Uint32Array(memory.buffer, JOBS, 12);
    for (let k = 0; k < 3; k++) words.set([...job.slice(k), ...job.slice(0, k), OUTPUT + k * FR_BYTES], 4 * k);
    engine.compress(JOBS, JOBS + 3 * JOB_BYTES, INPUT + 3 * FR_BYTES);
    for (let k = 0; k < 3; k++) {
      const turned = [...state.slice(k, 3), ...state.slice(0, k), state[3]] as unknown as State;
      expect(readFr(memory, OUTPUT + k * FR_BYTES), `seed ${random.seed}`).toBe(permuteReference(turned)[0]);
    }
  }
  return engine.isFast;
}

describe('the hash engine', () => {
  test('uses the kernel where it passes its trial, in every thread', () => {
    const place = createHashMemory(BYTES);
    for (const thread of [0, 1, 7]) expect(isFastAndRight(place, thread)).toBe(true);
    expect(() => createHashEngine(place, 8)).toThrow('too many');
  });

  test('uses plain integers where multiplication and addition are rounded apart', () => {
    const { module } = writeKernel();
    const separate = separateRounding(module);
    expect(separate.replaced).toBeGreaterThan(1_000);
    const kernel = compileKernel(separate.module);
    expect(kernel).toBeDefined();
    expect(isFastAndRight({ ...createHashMemory(BYTES), kernel })).toBe(false);
  });

  test('uses plain integers where the runtime refuses the kernel', () => {
    const { module } = writeKernel();
    // An instruction no runtime has, in the place of a fused multiplication.
    const place = module.findIndex((byte, i) => byte === 0xfd && module[i + 1] === 0x87 && module[i + 2] === 0x02);
    expect(place).toBeGreaterThan(0);
    const unknown = module.slice();
    unknown.set([0xfd, 0xff, 0x7f], place);
    const kernel = compileKernel(unknown);
    expect(kernel).toBeUndefined();
    expect(isFastAndRight({ ...createHashMemory(BYTES), kernel })).toBe(false);
  });

  test('uses plain integers where a constant is damaged, in either half of the vector', () => {
    for (const half of [0, 8]) {
      const place = createHashMemory(BYTES);
      new Uint8Array(place.memory.buffer)[20_000 + half]! ^= 1;
      expect(isFastAndRight(place), `half ${half}`).toBe(false);
    }
  });
});
