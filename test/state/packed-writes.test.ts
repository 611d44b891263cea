import { describe, expect, it } from 'vitest';
import { FR_MODULUS } from '../../src/chain/constants.ts';
import { PackedKeys } from '../../src/state/packed-writes.ts';

describe('packed keys', () => {
  it('come out as they went in, as often as one asks', () => {
    const keys = [0n, 1n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 128n + 7n, 2n ** 192n, FR_MODULUS - 1n];
    const packed = new PackedKeys(new Set(keys));
    expect(packed.size).toBe(keys.length);
    expect([...packed]).toEqual(keys);
    expect([...packed]).toEqual(keys);
  });

  it('may be none', () => {
    expect([...new PackedKeys([])]).toEqual([]);
  });
});
