/** The partial rounds, on the first element and the history of u that stands for the other three (scaled-rounds.ts). */

import { PARTIAL_ROUNDS } from '../round-constants.ts';
import type { ConstantTable } from './constant-table.ts';
import { carryStart } from './format.ts';
import { fourthPower } from './fourth-power.ts';
import { type Emission, finish, interleave } from './interleave.ts';
import { HISTORY, LIMBS_BYTES, STATE } from './layout.ts';
import { LimbWriter, multiplications, type Source } from './limb-writer.ts';
import { LIMBS } from './limbs.ts';
import { noAddends, noProducts, noStart, reduce, reduction } from './reduction.ts';
import type { Rounds } from './scaled-rounds.ts';

const HISTORY_TERMS = 3;
const ROWS = HISTORY_TERMS * LIMBS;
/** Per partial round: rows of c and of p, and what is added to the first element and to u. */
const PARTIAL = {
  c: 0,
  p: ROWS * LIMBS_BYTES,
  constant: 2 * ROWS * LIMBS_BYTES,
  negated: (2 * ROWS + 1) * LIMBS_BYTES,
  bytes: (2 * ROWS + 2) * LIMBS_BYTES,
};
/** Steps of the S-box and of the history written in turns. */
const TURNS = [2, 3];

/** (three adjacent limbs, three constants, addend, limbs out): a row of a 3 x 3 matrix. */
export function writeDot(constants: ConstantTable): LimbWriter {
  const f = new LimbWriter(constants, ['i32', 'i32', 'i32', 'i32']);
  f.begin();
  const pairs = [0, 1, 2].map((j): [Source, Source] => [
    f.ofMemory(0, j * LIMBS_BYTES),
    f.ofMemory(1, j * LIMBS_BYTES),
  ]);
  const reduced = finish(
    reduce(f, {
      steps: LIMBS + 1,
      standard: 1,
      products: multiplications(pairs),
      addends: noAddends,
      start: noStart,
    }),
  );
  f.store(f.toMultiplicand(f.withAddend(reduced, 2, 0)), 3, 0);
  return f;
}

/** (scratch, constants of the first partial round): all partial rounds on STATE[0] and HISTORY. */
export function writePartial(constants: ConstantTable): LimbWriter {
  const f = new LimbWriter(constants, ['i32', 'i32']);
  const history = f.local('i32');
  const end = f.local('i32');
  f.begin();
  const value = f.load(0, STATE);
  f.get(0).set(history);
  f.get(0)
    .i32(PARTIAL_ROUNDS * LIMBS_BYTES)
    .op('i32.add')
    .set(end);
  const rows = (at: number, table: number) => ({
    at,
    count: ROWS,
    factor: (row: number) => {
      const term = Math.floor(row / LIMBS);
      f.ofMemory(history, HISTORY + (HISTORY_TERMS - 1 - term) * LIMBS_BYTES)(row % LIMBS);
    },
    constant: f.ofMemory(1, table),
  });
  const addendAt = (at: number, offset: number) => (k: number) =>
    k >= at && k < at + LIMBS ? [() => f.ofMemory(1, offset)(k - at)] : [];
  const ENTRY = LIMBS - 2;

  f.loop(
    () => {
      const fourth = f.locals(LIMBS);
      const element = reduction(f, {
        steps: LIMBS,
        standard: 2,
        products: multiplications([[f.ofLocals(fourth), f.ofLocals(value)]]),
        addends: addendAt(ENTRY, PARTIAL.constant),
        rows: rows(ENTRY, PARTIAL.c),
        start: carryStart,
      });
      const newest = reduction(f, {
        steps: 2,
        standard: 1,
        products: noProducts,
        addends: addendAt(0, PARTIAL.negated),
        rows: rows(0, PARTIAL.p),
        start: noStart,
      });
      function* sbox(): Emission {
        const power = yield* fourthPower(f, value);
        for (const [i, limb] of power.entries()) f.get(limb).set(fourth[i]!);
        return yield* element.finish();
      }
      function* past(): Emission {
        yield* element.addRows();
        yield* newest.addRows();
        return yield* newest.finish();
      }
      const [next, u] = interleave([sbox(), past()], TURNS) as [number[], number[]];
      for (const [i, column] of u.entries()) f.get(column).get(next[i]!).op('i64x2.add').set(column);
      f.store(f.toMultiplicand(u), history, HISTORY + HISTORY_TERMS * LIMBS_BYTES);
      for (const [i, limb] of f.toMultiplicand(next).entries()) f.get(limb).set(value[i]!);
      f.get(1).i32(PARTIAL.bytes).op('i32.add').set(1);
      f.get(history).i32(LIMBS_BYTES).op('i32.add').set(history);
    },
    () => f.get(history).get(end).op('i32.ge_u'),
  );
  f.store(value, 0, STATE);
  return f;
}

export function layOutPartial(constants: ConstantTable, rounds: Rounds): number {
  const addresses = rounds.partial.map(({ c, p, constant }) => {
    const address = constants.multiplicands(...c, ...p);
    constants.limbs(constant, -constant);
    return address;
  });
  return addresses[0]!;
}
