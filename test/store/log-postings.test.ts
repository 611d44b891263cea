import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/store/port.ts';
import { describeOnBothDatabases } from './databases.ts';
import { bytes, createWorkbench, expectCode, type Workbench } from './harness.ts';

describeOnBothDatabases('log postings', (cluster) => {
  let bench: Workbench;
  let store: Store;
  beforeEach(async () => {
    bench = await createWorkbench(cluster());
    store = await bench.open();
  });
  afterEach(() => bench.dispose());

  const [ann, ben] = [bytes(33), bytes(33)];
  const file = (from: number, to: number, keysOf: (block: number) => Uint8Array[]) =>
    store.transaction((writes) =>
      writes.logPostings.put(
        Array.from({ length: to - from + 1 }, (_, i) => ({ block: from + i, keys: keysOf(from + i) })),
      ),
    );
  const find = async (keys: Uint8Array[], fromBlock = 0, toBlock = 1_000_000, entriesMax = 100_000) =>
    store.read.logPostings.find({ keys, fromBlock, toBlock, entriesMax });
  const range = (from: number, to: number, step = 1) =>
    Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

  test('are found by their keys in every range, across calls and restarts', async () => {
    await file(1, 150, (block) => (block % 3 === 0 ? [ann, ben] : block % 3 === 1 ? [ben] : []));
    await file(151, 400, (block) => (block % 3 === 0 ? [ann] : []));
    for (const reopen of [false, true]) {
      if (reopen) {
        await store.close();
        store = await bench.open();
        // After a restart nothing remembers how many there were.
        await file(401, 402, (block) => [block === 402 ? ann : ben]);
      }
      const more = reopen ? [402] : [];
      expect((await find([ann])).blocks).toEqual([...range(3, 399, 3), ...more]);
      for (const [from, to] of [
        [1, 2],
        [3, 3],
        [4, 5],
        [100, 200],
        [150, 150],
        [398, 399],
      ] as const) {
        const expected = range(3, 399, 3).filter((block) => block >= from && block <= to);
        expect((await find([ann], from, to)).blocks).toEqual(expected);
      }
      const both = new Set([...range(3, 399, 3), ...range(1, 148, 3), ...(reopen ? [401, 402] : [])]);
      expect((await find([ann, ben])).blocks).toEqual([...both].sort((a, b) => a - b));
    }
    expect((await find([bytes(33)])).blocks).toEqual([]);
    expect((await find([])).blocks).toEqual([]);
    await store.verify();
  });

  test('the entries read are the same whatever is filed under other keys', async () => {
    const reads: number[][] = [];
    for (const noise of [0, 400]) {
      const own = await createWorkbench(cluster());
      store = await own.open();
      await file(1, 300, (block) => [...(block % 5 === 0 ? [ann] : []), ...(block <= noise ? [ben, bytes(33)] : [])]);
      const seen = [];
      for (const [from, to] of [
        [0, 300],
        [7, 9],
        [150, 160],
        [299, 300],
        [301, 900],
      ] as const) {
        seen.push((await find([ann], from, to)).entriesRead);
      }
      reads.push(seen);
      // The control: what others have is work for others.
      expect((await find([ben], 0, 300)).entriesRead > 300).toBe(noise > 0);
      await own.dispose();
    }
    expect(reads[0]).toEqual(reads[1]);
  });

  test('too many are not read', async () => {
    await file(1, 500, () => [ann]);
    const found = await find([ann], 0, 500, 200);
    expect(found.blocks).toBeUndefined();
    expect(found.entriesRead).toBeLessThan(300);
    expect((await find([ann], 480, 500, 200)).blocks).toEqual(range(480, 500));
  });

  test('what is taken back is gone, and its place is filled again; a transaction that fails leaves nothing behind', async () => {
    await file(1, 40, () => [ann]);
    await store.transaction((writes) => writes.blocks.removeAbove(25));
    expect((await find([ann])).blocks).toEqual(range(1, 25));
    await expect(
      store.transaction(async (writes) => {
        await writes.logPostings.put([{ block: 26, keys: [ann, ben] }]);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await store.transaction(async (writes) => {
      await writes.logPostings.put([{ block: 27, keys: [ann] }]);
      await writes.blocks.removeAbove(20);
      await writes.logPostings.put([{ block: 22, keys: [ann] }]);
      await writes.logPostings.put([{ block: 23, keys: [ann, ben] }]);
    });
    expect((await find([ann])).blocks).toEqual([...range(1, 20), 22, 23]);
    expect((await find([ben])).blocks).toEqual([23]);
    await store.transaction((writes) => writes.clearDerived());
    expect((await find([ann])).blocks).toEqual([]);
    await file(1, 3, () => [ann]);
    expect((await find([ann])).blocks).toEqual([1, 2, 3]);
    await store.verify();
  });

  test('blocks out of order are refused, and nothing of them is kept', async () => {
    await file(5, 6, () => [ann]);
    for (const blocks of [[6], [4], [7, 7, 6]]) {
      await expectCode(
        store.transaction((writes) => writes.logPostings.put(blocks.map((block) => ({ block, keys: [ben, ann] })))),
        'STORE_CONFLICT',
      );
    }
    expect((await find([ann])).blocks).toEqual([5, 6]);
    expect((await find([ben])).blocks).toEqual([]);
  });

  test('no two rows have anything in common by which they could be told to be of one key (G6)', async () => {
    await file(1, 60, () => [ann, ben]);
    const rows = (await bench.tamper('select * from log_postings')) as {
      id: Uint8Array;
      lookup: unknown;
      owner: unknown;
      payload: Uint8Array;
    }[];
    expect(rows).toHaveLength(120);
    expect(new Set(rows.map(({ id }) => Buffer.from(id).toString('hex'))).size).toBe(120);
    expect(rows.every(({ lookup, owner }) => lookup === null && owner === null)).toBe(true);
    expect(new Set(rows.map(({ payload }) => payload.length)).size).toBe(1);
  });

  test('a row moved to another block, or exchanged, is found out', async () => {
    await file(1, 3, () => [ann]);
    await bench.tamper('update log_postings set sort = 9 where sort = 2');
    await expectCode(find([ann]), 'STORE_RECORD_CORRUPT');
  });
});
