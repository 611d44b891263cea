import { describe, expect, test } from 'vitest';
import { FlatState } from '../../src/state/flat-state.ts';
import { StateOverlay } from '../../src/state/overlay.ts';
import { packWrites } from '../../src/state/packed-writes.ts';
import { randomWrites } from './fixtures.ts';
import { createRandom } from './random.ts';

const word = (lo: bigint) => ({ hi: 0n, lo });

function createBase(entries: readonly (readonly [bigint, bigint])[] = []) {
  const flat = new FlatState();
  const set = (key: bigint, lo: bigint) => flat.apply(packWrites([{ key, hi: 0n, lo }]));
  for (const [key, lo] of entries) set(key, lo);
  return { flat, set };
}

describe('the flat state', () => {
  test('equals a map over many random writes', () => {
    const random = createRandom();
    const flat = new FlatState();
    const map = new Map<bigint, { hi: bigint; lo: bigint }>();
    for (let i = 0; i < 20; i++) {
      const writes = randomWrites(random, [...map.keys()], 500);
      flat.apply(packWrites(writes));
      for (const { key, hi, lo } of writes) map.set(key, { hi, lo });
    }
    expect(flat.size).toBe(map.size);
    for (const [key, value] of map) expect(flat.get(key), `seed ${random.seed}`).toEqual(value);
    expect(flat.get(random.fr())).toEqual(word(0n));
  });

  test('tells keys apart that share their low words', () => {
    const { flat, set } = createBase();
    const keys = Array.from({ length: 300 }, (_, i) => (BigInt(i) << 64n) | 5n);
    for (const [i, key] of keys.entries()) set(key, BigInt(i));
    for (const [i, key] of keys.entries()) expect(flat.get(key)).toEqual(word(BigInt(i)));
  });
});

describe('the overlay', () => {
  test('shows the last block, and any block since the last release', () => {
    const { flat } = createBase([[1n, 10n]]);
    const overlay = new StateOverlay(flat);
    overlay.apply(1, [[1n, word(11n)]]);
    overlay.apply(3, [
      [1n, word(13n)],
      [2n, word(23n)],
    ]);
    expect(overlay.get(1n)).toEqual(word(13n));
    expect([0, 1, 2, 3, 9].map((block) => overlay.at(block).get(1n).lo)).toEqual([10n, 11n, 11n, 13n, 13n]);
    expect([2, 3].map((block) => overlay.at(block).get(2n).lo)).toEqual([0n, 23n]);
    expect(overlay.at(3).get(9n)).toEqual(word(0n));
  });

  test('keeps old blocks readable while the base moves on, until they are released', () => {
    const { flat, set } = createBase([[1n, 10n]]);
    const overlay = new StateOverlay(flat);
    overlay.apply(1, [[1n, word(11n)]]);
    overlay.apply(2, [[1n, word(12n)]]);
    overlay.apply(3, [[1n, word(13n)]]);
    const early = overlay.at(0);
    set(1n, 12n);
    expect(early.get(1n)).toEqual(word(10n));
    expect(overlay.get(1n)).toEqual(word(13n));
    overlay.release(2);
    expect(() => early.get(1n)).toThrow('STATE_BLOCK_RELEASED');
    expect(() => overlay.at(1).get(1n)).toThrow('STATE_BLOCK_RELEASED');
    expect(overlay.at(2).get(1n)).toEqual(word(12n));
    set(1n, 13n);
    overlay.release(3);
    expect(overlay.size).toBe(0);
    expect(overlay.get(1n)).toEqual(word(13n));
  });

  test('takes blocks back, but none that was released', () => {
    const { flat, set } = createBase([[1n, 10n]]);
    const overlay = new StateOverlay(flat);
    overlay.apply(1, [[1n, word(11n)]]);
    set(1n, 11n);
    overlay.release(1);
    overlay.apply(2, [
      [1n, word(12n)],
      [2n, word(1n)],
    ]);
    overlay.apply(3, [[1n, word(13n)]]);
    overlay.unwind(2);
    expect(overlay.get(1n)).toEqual(word(12n));
    overlay.unwind(1);
    expect([overlay.get(1n).lo, overlay.get(2n).lo, overlay.size, overlay.lastBlock]).toEqual([11n, 0n, 0, 1]);
    expect(() => overlay.unwind(0)).toThrow('released');
    overlay.apply(2, [[1n, word(22n)]]);
    expect(overlay.get(1n)).toEqual(word(22n));
  });

  test('refuses blocks that do not ascend and releases of blocks that never came', () => {
    const overlay = new StateOverlay(createBase().flat);
    overlay.apply(5, []);
    for (const block of [5, 4, -1, 5.5]) expect(() => overlay.apply(block, [])).toThrow('ascending');
    expect(() => overlay.release(6)).toThrow('never came');
  });

  test('equals a list of maps over random blocks, releases and reads', () => {
    const random = createRandom();
    const { flat, set } = createBase();
    const overlay = new StateOverlay(flat);
    const states: Map<bigint, bigint>[] = [new Map()];
    let released = 0;
    for (let block = 1; block <= 60; block++) {
      const writes = Array.from(
        { length: random.below(6) },
        () => [BigInt(random.below(12) + 1), BigInt(random.below(100))] as const,
      );
      overlay.apply(
        block,
        writes.map(([key, lo]) => [key, word(lo)] as const),
      );
      states.push(new Map([...states.at(-1)!, ...writes]));
      if (random.below(5) === 0) {
        released = block - random.below(Math.min(4, block - released) + 1);
        for (const [key, lo] of states[released]!) set(key, lo);
        overlay.release(released);
      }
      const at = released + random.below(block - released + 1);
      for (let key = 1n; key <= 12n; key++) {
        expect(overlay.at(at).get(key).lo, `seed ${random.seed}`).toBe(states[at]!.get(key) ?? 0n);
        expect(overlay.get(key).lo, `seed ${random.seed}`).toBe(states[block]!.get(key) ?? 0n);
      }
    }
  });
});
