import type { ConstantTable } from './constant-table.ts';
import { DIGIT_MASK } from './format.ts';
import { columnsAt } from './full-round.ts';
import { finish } from './interleave.ts';
import { LimbWriter, multiplications } from './limb-writer.ts';
import { LIMBS, MODULUS_LIMBS, RADIX_BITS } from './limbs.ts';
import { noAddends, noProducts, noStart, reduce } from './reduction.ts';

/** (columns, lane 0 address, lane 1 address): makes an output plain and canonical and stores both lanes. */
export function writeOutput(constants: ConstantTable, output: number, zero: number): LimbWriter {
  const f = new LimbWriter(constants, ['i32', 'i32', 'i32']);
  const base = f.local('i32');
  f.begin();
  const reduced = finish(
    reduce(f, { steps: LIMBS + 1, standard: 1, products: noProducts, addends: columnsAt(f, 0, 0), start: noStart }),
  );
  const limbs = f.toMultiplicand(f.withAddend(reduced, base, zero));
  const product = multiplications([[f.ofLocals(limbs), f.ofMemory(base, output)]]);
  const plain = finish(
    reduce(f, { steps: LIMBS + 1, standard: 1, products: product, addends: noAddends, start: noStart }),
  );
  const lane = Array.from({ length: LIMBS }, () => f.local('i64'));
  const sign = f.local('i64');
  const mask = (limb: number) => f.get(lane[limb]!).i64(DIGIT_MASK).op('i64.and');
  const carry = () => {
    for (let i = 0; i < LIMBS - 1; i++) {
      f.get(lane[i]!)
        .i64(BigInt(RADIX_BITS))
        .op('i64.shr_s')
        .get(lane[i + 1]!)
        .op('i64.add')
        .set(lane[i + 1]!);
      mask(i).set(lane[i]!);
    }
  };
  for (const side of [0, 1] as const) {
    for (const [i, column] of plain.entries()) f.get(column).extractLane(side).set(lane[i]!);
    carry();
    // The value lies strictly between -p and p: add p when it is negative.
    f.get(lane[LIMBS - 1]!)
      .i64(63n)
      .op('i64.shr_s')
      .set(sign);
    for (const [i, limb] of MODULUS_LIMBS.entries())
      f.get(lane[i]!).get(sign).i64(limb).op('i64.and').op('i64.add').set(lane[i]!);
    carry();
    for (let word = 0; word < 4; word++) {
      const bit = word * 64;
      const first = Math.floor(bit / RADIX_BITS);
      f.get(1 + side)
        .get(lane[first]!)
        .i64(BigInt(bit - first * RADIX_BITS))
        .op('i64.shr_u');
      f.get(lane[first + 1]!)
        .i64(BigInt((first + 1) * RADIX_BITS - bit))
        .op('i64.shl')
        .op('i64.or');
      f.memory('i64.store', word * 8);
    }
  }
  return f;
}
