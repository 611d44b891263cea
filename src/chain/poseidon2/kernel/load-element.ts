import type { ConstantTable } from './constant-table.ts';
import { DIGIT_EXPONENT, DIGIT_MASK } from './format.ts';
import { VECTOR_BYTES } from './layout.ts';
import { LimbWriter } from './limb-writer.ts';
import { LIMBS, RADIX_BITS } from './limbs.ts';

/** (lane 0 address, lane 1 address, limbs out): reads two 32-byte little-endian integers. */
export function writeLoad(constants: ConstantTable): LimbWriter {
  const f = new LimbWriter(constants, ['i32', 'i32', 'i32']);
  f.begin();
  const words = f.locals(4);
  for (const [i, word] of words.entries())
    f.get(0)
      .memory('v128.load64_splat', i * 8)
      .set(word)
      .get(1)
      .get(word)
      .loadLane1(i * 8)
      .set(word);
  for (let limb = 0; limb < LIMBS; limb++) {
    const bit = limb * RADIX_BITS;
    const word = Math.floor(bit / 64);
    const shift = bit % 64;
    f.get(2).get(words[word]!).i32(shift).op('i64x2.shr_u');
    if (shift + RADIX_BITS > 64 && word + 1 < 4)
      f.get(words[word + 1]!)
        .i32(64 - shift)
        .op('i64x2.shl')
        .op('v128.or');
    f.constant(DIGIT_MASK)
      .op('v128.and')
      .constant(DIGIT_EXPONENT)
      .op('v128.or')
      .constant(DIGIT_EXPONENT)
      .op('f64x2.sub');
    f.memory('v128.store', limb * VECTOR_BYTES);
  }
  return f;
}
