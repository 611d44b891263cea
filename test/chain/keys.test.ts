import { describe, expect, it } from 'vitest';
import { TAG } from '../../src/chain/constants.ts';
import { accountKey, listKey, remembered, systemKey } from '../../src/chain/keys.ts';
import { p2 } from '../../src/chain/poseidon2.ts';

const ADDRESS_MAX = (1n << 160n) - 1n;

describe('keys of the state tree', () => {
  it('come out the same when they are remembered', () => {
    for (const _ of [1, 2]) {
      expect(accountKey(5n)).toBe(p2(TAG.K_ACCOUNT, 5n));
      expect(listKey(3n, ADDRESS_MAX)).toBe(p2(TAG.K_LIST, 3n, ADDRESS_MAX));
      expect(systemKey(7, 4n)).toBe(p2(TAG.K_SYSTEM, 7n, 4n));
      expect(systemKey(7)).toBe(p2(TAG.K_SYSTEM, 7n, 0n));
    }
  });

  it.each([
    ['a list and an address that is too long', () => listKey(0n, 1n << 160n), p2(TAG.K_LIST, 0n, 1n << 160n)],
    ['the pair it could be taken for', () => listKey(1n, 0n), p2(TAG.K_LIST, 1n, 0n)],
    ['a system name that is too long', () => systemKey(2 ** 32), p2(TAG.K_SYSTEM, 1n << 32n, 0n)],
    ['the name it could be taken for', () => systemKey(0, 1n), p2(TAG.K_SYSTEM, 0n, 1n)],
  ])('never stand for one another: %s', (_name, key, expected) => {
    expect([key(), key()]).toEqual([expected, expected]);
  });

  it('forget the oldest, and find it again', () => {
    const key = remembered(TAG.K_ACCOUNT, 2);
    for (const address of [1n, 2n, 3n, 1n]) expect(key(address)).toBe(p2(TAG.K_ACCOUNT, address));
  });
});
