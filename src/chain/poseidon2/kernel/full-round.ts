/** The functions of which a full round consists. Each has the addresses it works on as parameters. */

import type { ConstantTable } from './constant-table.ts';
import { fourthPower } from './fourth-power.ts';
import { interleave } from './interleave.ts';
import { COLUMNS_BYTES, LIMBS_BYTES, MIXED, PRODUCT_COLUMNS, PRODUCTS, VECTOR_BYTES, WIDTH } from './layout.ts';
import { LimbWriter, multiplications } from './limb-writer.ts';
import { LIMBS } from './limbs.ts';
import { noProducts, noStart, reduce } from './reduction.ts';

/** (limbs, columns out): times the input factor. */
export function writeScaleInput(constants: ConstantTable, constant: number): LimbWriter {
  const f = new LimbWriter(constants, ['i32', 'i32']);
  const zero = f.local('i32');
  f.begin();
  f.storeColumns(multiplications([[f.ofLocals(f.load(0, 0)), f.ofMemory(zero, constant)]]), 1, 0);
  return f;
}

/** (scratch): MIXED = external matrix times PRODUCTS, column by column, with the additions of reference.ts. */
export function writeMix(constants: ConstantTable): LimbWriter {
  const f = new LimbWriter(constants, ['i32']);
  const column = f.local('i32');
  const end = f.local('i32');
  const [a, b, c, d] = f.locals(WIDTH) as [number, number, number, number];
  const [t0, t1, t2, t3, t4, t5] = f.locals(6) as [number, number, number, number, number, number];
  f.get(0).set(column).get(0).i32(COLUMNS_BYTES).op('i32.add').set(end);
  const add = (x: number, y: number, out: number) => f.get(x).get(y).op('i64x2.add').set(out);
  const addShifted = (x: number, shift: number, y: number, out: number) =>
    f.get(x).i32(shift).op('i64x2.shl').get(y).op('i64x2.add').set(out);
  f.loop(
    () => {
      for (const [j, local] of [a, b, c, d].entries())
        f.get(column)
          .memory('v128.load', PRODUCTS + j * COLUMNS_BYTES)
          .set(local);
      add(a, b, t0);
      add(c, d, t1);
      addShifted(b, 1, t1, t2);
      addShifted(d, 1, t0, t3);
      addShifted(t1, 2, t3, t4);
      addShifted(t0, 2, t2, t5);
      const put = (j: number, push: () => void) => {
        f.get(column);
        push();
        f.memory('v128.store', MIXED + j * COLUMNS_BYTES);
      };
      put(0, () => f.get(t3).get(t5).op('i64x2.add'));
      put(1, () => f.get(t5));
      put(2, () => f.get(t2).get(t4).op('i64x2.add'));
      put(3, () => f.get(t4));
      f.get(column).i32(VECTOR_BYTES).op('i32.add').set(column);
    },
    () => f.get(column).get(end).op('i32.ge_u'),
  );
  return f;
}

/** The product columns stored from `offset(base)` on. */
export const columnsAt =
  (f: LimbWriter, base: number, offset: number) =>
  (k: number): (() => void)[] =>
    k < PRODUCT_COLUMNS ? [() => f.ofMemory(base, offset)(k)] : [];

/** (two adjacent columns, two adjacent addends, two adjacent limbs out): reduces each and adds its round constant. */
export function writeReduces(constants: ConstantTable): LimbWriter {
  const f = new LimbWriter(constants, ['i32', 'i32', 'i32']);
  f.begin();
  const reduced = interleave(
    [0, 1].map((i) =>
      reduce(f, {
        steps: LIMBS + 1,
        standard: 1,
        products: noProducts,
        addends: columnsAt(f, 0, i * COLUMNS_BYTES),
        start: noStart,
      }),
    ),
    [1, 1],
  );
  for (const [i, columns] of reduced.entries()) {
    const limbs = f.toMultiplicand(f.withAddend(columns, 1, i * LIMBS_BYTES));
    f.store(limbs, 2, i * LIMBS_BYTES);
  }
  return f;
}

/** (two adjacent limbs, two adjacent columns out): fifth powers, not reduced; two, to have something to do while one waits for its carries. */
export function writeSboxes(constants: ConstantTable): LimbWriter {
  const f = new LimbWriter(constants, ['i32', 'i32']);
  f.begin();
  const values = [f.load(0, 0), f.load(0, LIMBS_BYTES)];
  const powers = interleave(
    values.map((value) => fourthPower(f, value)),
    [1, 1],
  );
  for (const [i, value] of values.entries()) {
    const products = multiplications([[f.ofLocals(powers[i]!), f.ofLocals(value)]]);
    f.storeColumns(products, 1, i * COLUMNS_BYTES);
  }
  return f;
}
