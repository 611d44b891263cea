import { describe, expect, it } from 'vitest';
import { insertSlices } from '../../src/store/insert-slices.ts';

describe('slices of an insert', () => {
  it('hold every row once, in order, in few sizes', () => {
    const sizes = new Set<number>();
    for (let length = 0; length <= 700; length++) {
      const rows = Array.from({ length }, (_, i) => i);
      const slices = [...insertSlices(rows, 200)];
      expect(slices.flat()).toEqual(rows);
      for (const slice of slices) sizes.add(slice.length);
    }
    expect([...sizes].sort((a, b) => a - b)).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
  });
});
