/** Puts the functions together: the permutation of two states, and its two uses. */

import { FULL_ROUNDS_HALF } from '../round-constants.ts';
import type { ConstantTable } from './constant-table.ts';
import {
  COLUMNS_BYTES,
  FR_BYTES,
  HISTORY,
  HISTORY_LENGTH,
  INPUTS,
  JOB_BYTES,
  LIMBS_BYTES,
  MIXED,
  PRODUCTS,
  STATE,
  WIDTH,
} from './layout.ts';
import { LimbWriter } from './limb-writer.ts';
import { layOutPartial } from './partial-rounds.ts';
import type { Rounds } from './scaled-rounds.ts';

/** Index of each function in the module. */
const FUNCTION_ORDER = [
  'load',
  'scaleInput',
  'mix',
  'reduces',
  'sboxes',
  'dot',
  'partial',
  'output',
  'core',
  'permute',
  'compress',
] as const;
export const at = (label: (typeof FUNCTION_ORDER)[number]): number => FUNCTION_ORDER.indexOf(label);

/** (scratch): from INPUTS to the mixed columns of the last round. */
export function writeCore(constants: ConstantTable, rounds: Rounds): LimbWriter {
  const f = new LimbWriter(constants, ['i32']);
  const zero = constants.addends(0n);
  const scratch = (offset: number) => f.get(0).i32(offset).op('i32.add');
  const reduces = (addends: readonly bigint[]) => {
    const table = constants.addends(...addends);
    for (let j = 0; j < WIDTH; j += 2) {
      scratch(MIXED + j * COLUMNS_BYTES).i32(table + j * LIMBS_BYTES);
      scratch(STATE + j * LIMBS_BYTES).call(at('reduces'));
    }
  };
  const dot = (from: number, row: readonly bigint[], addend: number, to: number) => {
    scratch(from)
      .i32(constants.multiplicands(...row))
      .i32(addend);
    scratch(to).call(at('dot'));
  };
  const sboxes = () => {
    for (let j = 0; j < WIDTH; j += 2) {
      scratch(STATE + j * LIMBS_BYTES);
      scratch(PRODUCTS + j * COLUMNS_BYTES).call(at('sboxes'));
    }
    f.get(0).call(at('mix'));
  };
  const fullRound = (round: number) => {
    reduces(rounds.full[round]!);
    sboxes();
  };

  for (let j = 0; j < WIDTH; j++) {
    scratch(INPUTS + j * LIMBS_BYTES);
    scratch(PRODUCTS + j * COLUMNS_BYTES).call(at('scaleInput'));
  }
  f.get(0).call(at('mix'));
  for (let round = 0; round < FULL_ROUNDS_HALF; round++) fullRound(round);

  reduces([rounds.firstPartial, 0n, 0n, 0n]);
  // History lies in memory oldest first.
  for (const [i, row] of rounds.toHistory.entries())
    dot(STATE + LIMBS_BYTES, row, zero, HISTORY + (2 - i) * LIMBS_BYTES);
  f.get(0).i32(layOutPartial(constants, rounds)).call(at('partial'));
  const [, ...afterPartial] = rounds.full[FULL_ROUNDS_HALF]!;
  for (const [i, row] of rounds.fromHistory.entries()) {
    const last = HISTORY + (HISTORY_LENGTH - 3) * LIMBS_BYTES;
    dot(last, [...row].reverse(), constants.addends(afterPartial[i]!), STATE + (i + 1) * LIMBS_BYTES);
  }
  sboxes();
  for (let round = FULL_ROUNDS_HALF + 1; round < 2 * FULL_ROUNDS_HALF; round++) fullRound(round);
  return f;
}

/** (scratch, four adjacent inputs, four adjacent outputs): one permutation, both halves alike. */
export function writePermute(constants: ConstantTable): LimbWriter {
  const f = new LimbWriter(constants, ['i32', 'i32', 'i32']);
  const scratch = (offset: number) => f.get(0).i32(offset).op('i32.add');
  const element = (base: number, j: number) =>
    f
      .get(base)
      .i32(j * FR_BYTES)
      .op('i32.add');
  for (let j = 0; j < WIDTH; j++) {
    element(1, j);
    element(1, j);
    scratch(INPUTS + j * LIMBS_BYTES).call(at('load'));
  }
  f.get(0).call(at('core'));
  for (let j = 0; j < WIDTH; j++) {
    scratch(MIXED + j * COLUMNS_BYTES);
    element(2, j);
    element(2, j).call(at('output'));
  }
  return f;
}

/** (scratch, jobs, end of jobs, capacity element): the first element of the permutation of each job's three inputs and the capacity. */
export function writeCompress(constants: ConstantTable): LimbWriter {
  const f = new LimbWriter(constants, ['i32', 'i32', 'i32', 'i32']);
  const second = f.local('i32');
  const scratch = (offset: number) => f.get(0).i32(offset).op('i32.add');
  const address = (job: number, field: number) => f.get(job).memory('i32.load', field * 4);
  f.loop(
    () => {
      // An odd last job fills both halves.
      f.get(1)
        .i32(JOB_BYTES)
        .op('i32.add')
        .tee(second)
        .get(1)
        .get(second)
        .get(2)
        .op('i32.lt_u')
        .op('select')
        .set(second);
      for (let j = 0; j < WIDTH - 1; j++) {
        address(1, j);
        address(second, j);
        scratch(INPUTS + j * LIMBS_BYTES).call(at('load'));
      }
      f.get(3).get(3);
      scratch(INPUTS + (WIDTH - 1) * LIMBS_BYTES).call(at('load'));
      f.get(0).call(at('core'));
      scratch(MIXED);
      address(1, WIDTH - 1);
      address(second, WIDTH - 1).call(at('output'));
      f.get(1)
        .i32(2 * JOB_BYTES)
        .op('i32.add')
        .set(1);
    },
    () => f.get(1).get(2).op('i32.ge_u'),
  );
  return f;
}
