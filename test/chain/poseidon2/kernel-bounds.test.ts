import { describe, expect, test } from 'vitest';
import { FR_MODULUS as P } from '../../../src/chain/constants.ts';
import { CARRY_OFFSET, INTEGER_OFFSET } from '../../../src/chain/poseidon2/kernel/format.ts';
import {
  CONSTANTS_BYTES,
  FR_BYTES,
  JOB_BYTES,
  LIMBS_BYTES,
  SCRATCH_BYTES,
  VECTOR_BYTES,
  WIDTH,
} from '../../../src/chain/poseidon2/kernel/layout.ts';
import { LIMBS } from '../../../src/chain/poseidon2/kernel/limbs.ts';
import { at } from '../../../src/chain/poseidon2/kernel/permutation.ts';
import { writeKernel } from '../../../src/chain/poseidon2/kernel/write-kernel.ts';
import { permuteReference, type State } from '../../../src/chain/poseidon2/reference.ts';
import { createRandom } from '../../state/random.ts';
import { double, integer, roundTo } from './interval.ts';
import { IntervalMachine, OutOfRange } from './interval-machine.ts';
import { decodeModule } from './wasm-decoder.ts';

const { module, constants } = writeKernel();
const functions = decodeModule(module);
const machineOf = () => new IntervalMachine(functions, constants);

const SCRATCH = CONSTANTS_BYTES;
const INPUT = SCRATCH + SCRATCH_BYTES;
const OUTPUT = INPUT + WIDTH * FR_BYTES;
const LANES = 2;

/** Any element below the modulus, and no more than that is known of its lower words. */
function setAnyElement(machine: IntervalMachine, address: number): void {
  for (let word = 0; word < 3; word++) machine.setWord(address + 8 * word, integer(0n, (1n << 64n) - 1n));
  machine.setWord(address + 24, integer(0n, P >> 192n));
}

function setElement(machine: IntervalMachine, address: number, value: bigint): void {
  for (let word = 0; word < 4; word++)
    machine.setWord(address + 8 * word, integer(BigInt.asUintN(64, value >> BigInt(64 * word))));
}

function getElement(machine: IntervalMachine, address: number): bigint {
  return [3, 2, 1, 0].reduce((value, word) => (value << 64n) | machine.getWord(address + 8 * word).bits.low, 0n);
}

function expectSound(machine: IntervalMachine, outputs: number): void {
  expect(machine.multiplications).toBeGreaterThan(40_000);
  expect(machine.outputs.length).toBe(outputs * LANES);
  // `store-element.ts` adds p to what is negative, once.
  for (const { low, high } of machine.outputs) {
    expect(low).toBeGreaterThan(-P);
    expect(high).toBeLessThan(P);
  }
}

describe('on any input, no number of the kernel leaves its range', () => {
  test('in a permutation', () => {
    const machine = machineOf();
    for (let j = 0; j < WIDTH; j++) setAnyElement(machine, INPUT + j * FR_BYTES);
    machine.call(at('permute'), [SCRATCH, INPUT, OUTPUT]);
    expectSound(machine, WIDTH);
    // What format.ts says of products.
    expect(machine.largestProduct).toBeLessThanOrEqual(1n << 102n);
  });

  test('in jobs, an odd one at the end', () => {
    const machine = machineOf();
    const jobs = OUTPUT + WIDTH * FR_BYTES;
    const count = 3;
    for (let j = 0; j < WIDTH; j++) setAnyElement(machine, INPUT + j * FR_BYTES);
    for (let job = 0; job < count; job++) {
      const addresses = [INPUT, INPUT + FR_BYTES, INPUT + 2 * FR_BYTES, OUTPUT];
      for (const [i, address] of addresses.entries()) machine.setAddress(jobs + job * JOB_BYTES + 4 * i, address);
    }
    machine.call(at('compress'), [SCRATCH, jobs, jobs + count * JOB_BYTES, INPUT + 3 * FR_BYTES]);
    expectSound(machine, 2);
  });
});

describe('the machine', () => {
  test('computes the permutation itself when every range is one value', () => {
    const random = createRandom();
    const states: State[] = [
      [0n, 0n, 0n, 0n],
      [P - 1n, P - 1n, P - 1n, P - 1n],
      [random.fr(), random.fr(), random.fr(), random.fr()],
    ];
    for (const state of states) {
      const machine = machineOf();
      for (const [j, x] of state.entries()) setElement(machine, INPUT + j * FR_BYTES, x);
      machine.call(at('permute'), [SCRATCH, INPUT, OUTPUT]);
      const output = state.map((_, j) => getElement(machine, OUTPUT + j * FR_BYTES));
      expect(output, `seed ${random.seed}`).toEqual(permuteReference(state));
    }
  });

  test('rounds to the nearest, ties to even', () => {
    const cases: [bigint, bigint][] = [
      [3n, 4n],
      [2n, 0n],
      [6n, 8n],
      [-2n, 0n],
      [-3n, -4n],
      [-6n, -8n],
      [5n, 4n],
      [-5n, -4n],
    ];
    for (const [x, rounded] of cases) expect(roundTo(x, 4n), String(x)).toBe(rounded);
  });

  const sboxesOf = (lower: bigint, top: bigint): void => {
    const machine = machineOf();
    for (let i = 0; i < 2 * LIMBS; i++) {
      const bound = i % LIMBS === LIMBS - 1 ? top : lower;
      machine.setVector(SCRATCH + i * VECTOR_BYTES, double(-bound, bound));
    }
    machine.call(at('sboxes'), [SCRATCH, SCRATCH + 2 * LIMBS_BYTES]);
  };

  test('accepts S-box inputs of the size of a few p and refuses larger ones', () => {
    expect(() => sboxesOf(1n << 50n, 1n << 50n)).not.toThrow();
    expect(() => sboxesOf(1n << 50n, 1n << 52n)).toThrow(OutOfRange);
    expect(() => sboxesOf(1n << 52n, 1n << 50n)).toThrow(OutOfRange);
  });

  test('refuses a constant that is 64 times too large, wherever it stands', () => {
    const random = createRandom();
    const view = new DataView(constants.buffer);
    const factors: number[] = [];
    for (let address = 0; address < CONSTANTS_BYTES; address += VECTOR_BYTES) {
      const size = Math.abs(view.getFloat64(address, true));
      if (size >= 2 ** 49 && size <= 2 ** 51) factors.push(address);
    }
    expect(factors.length).toBeGreaterThan(1_000);
    for (let i = 0; i < 6; i++) {
      const bytes = constants.slice();
      const address = factors[random.below(factors.length)]!;
      new DataView(bytes.buffer).setFloat64(address, 64 * view.getFloat64(address, true), true);
      const machine = new IntervalMachine(functions, bytes);
      for (let j = 0; j < WIDTH; j++) setAnyElement(machine, INPUT + j * FR_BYTES);
      const run = () => machine.call(at('permute'), [SCRATCH, INPUT, OUTPUT]);
      expect(run, `address ${address}, seed ${random.seed}`).toThrow(OutOfRange);
    }
  });

  test('refuses a column that starts without its bias', () => {
    // Constants are pooled by value: the word of the bias stands at one address for all columns that start alike.
    const view = new DataView(constants.buffer);
    let tried = 0;
    for (let address = 0; address < CONSTANTS_BYTES; address += VECTOR_BYTES) {
      if (view.getBigUint64(address, true) !== INTEGER_OFFSET - CARRY_OFFSET) continue;
      tried += 1;
      const bytes = constants.slice();
      new DataView(bytes.buffer).setBigUint64(address, 0n, true);
      const machine = new IntervalMachine(functions, bytes);
      for (let j = 0; j < WIDTH; j++) setAnyElement(machine, INPUT + j * FR_BYTES);
      expect(() => machine.call(at('permute'), [SCRATCH, INPUT, OUTPUT])).toThrow(OutOfRange);
    }
    expect(tried).toBeGreaterThan(0);
  });
});
