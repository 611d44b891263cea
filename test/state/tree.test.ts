import { afterEach, describe, expect, test } from 'vitest';
import { FR_MODULUS } from '../../src/chain/constants.ts';
import { node } from '../../src/chain/poseidon2.ts';
import { createMemoryRecords } from '../../src/state/batch-records.ts';
import { EMPTY_SUBTREES, HEAD, hashLeaf } from '../../src/state/leaf.ts';
import type { StateWrite, Tree, TreeView } from '../../src/state/port.ts';
import { createTree } from '../../src/state/tree.ts';
import { verifyStateProof } from '../../src/state/verify-state-proof.ts';
import { createTestTree, randomWrites, SALT_KEY, SALTS, snapshotBytes, TEST_TREE, write } from './fixtures.ts';
import { NaiveTree } from './naive-tree.ts';
import { createRandom } from './random.ts';
import vectors from './tree-vectors.json' with { type: 'json' };

const open: Tree[] = [];
const start = async (...args: Parameters<typeof createTestTree>) => {
  const created = await createTestTree(...args);
  open.push(created.tree);
  return created;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((tree) => tree.close()));
});

const apply = (tree: Tree, batch: bigint, writes: readonly StateWrite[]) =>
  tree.applyBatch({ batch, writes, saltKey: SALT_KEY });

describe('roots', () => {
  test('an empty tree is the head over empty subtrees', async () => {
    const { tree } = await start();
    const root = EMPTY_SUBTREES.slice(0, 32).reduce((below, empty) => node(below, empty), hashLeaf(HEAD));
    expect(tree.root).toBe(root);
    expect(tree.root).toBe(BigInt(vectors.emptyRoot));
    expect([tree.nextIndex, tree.batch]).toEqual([1, undefined]);
  });

  test('golden batches', async () => {
    const { tree } = await start();
    for (const { batch, writes, root } of vectors.batches) {
      await apply(
        tree,
        BigInt(batch),
        writes.map(([key, hi, lo]) => ({ key: BigInt(key!), hi: BigInt(hi!), lo: BigInt(lo!) })),
      );
      expect(tree.root).toBe(BigInt(root));
    }
    expect(vectors.batches.length).toBeGreaterThan(1);
  });

  test('equal the naive tree over random batches, one of them large enough to be hashed in pieces', async () => {
    const random = createRandom();
    const { tree } = await start();
    const naive = new NaiveTree();
    const known: bigint[] = [];
    for (const [i, count] of [1, 2, 7, 40, 90, 200].entries()) {
      const writes = randomWrites(random, known, count);
      known.push(...writes.map(({ key }) => key).filter((key) => !known.includes(key)));
      const outcome = await apply(tree, BigInt(i), writes);
      naive.apply(writes, (index) => SALTS.leaf(BigInt(i), index));
      expect(outcome.root, `seed ${random.seed}`).toBe(naive.root);
      expect(outcome.nextIndex).toBe(naive.leaves.length);
      for (const { index, after } of outcome.changes()) expect(after).toEqual(naive.leaf(index));
      for (const { key, hi, lo } of writes) expect(tree.get(key)).toEqual({ hi, lo });
    }
    expect(await tree.verify()).toBe(true);
  });

  test('depend on the order of new keys only through their indices', async () => {
    const random = createRandom();
    const { tree: ordered } = await start();
    const { tree: shuffled } = await start();
    const news = Array.from({ length: 20 }, () => write(random.fr() || 1n, 5n));
    await apply(ordered, 0n, news);
    await apply(shuffled, 0n, news);
    const updates = news.map(({ key }) => write(key, random.bits(128)));
    const added = [write(17n, 1n), write(11n, 2n)];
    await apply(ordered, 1n, [...updates, ...added]);
    // Updates may stand anywhere; new keys keep their order.
    await apply(shuffled, 1n, [added[0]!, ...updates.toReversed(), added[1]!]);
    expect(shuffled.root, `seed ${random.seed}`).toBe(ordered.root);
    const { tree: swapped } = await start();
    await apply(swapped, 0n, news);
    await apply(swapped, 1n, [...updates, ...added.toReversed()]);
    expect(swapped.root).not.toBe(ordered.root);
  });

  test('are the same with helper threads', async () => {
    const { tree: alone } = await start();
    const helped = await createTree(
      { bytesMax: 2 ** 28, hashThreads: 2 },
      { records: createMemoryRecords({ bytesMax: 2 ** 26 }) },
    );
    open.push(helped);
    const random = createRandom();
    const writes = randomWrites(random, [], 1_000);
    expect((await apply(helped, 0n, writes)).root, `seed ${random.seed}`).toBe((await apply(alone, 0n, writes)).root);
  });

  test('salt every written and every repointed leaf afresh, others not', async () => {
    const { tree } = await start();
    await apply(tree, 0n, [write(10n, 1n), write(30n, 1n), write(50n, 1n)]);
    const { changes } = await apply(tree, 1n, [write(50n, 1n), write(20n, 9n)]);
    const changed = changes();
    expect(changed.map(({ index }) => index)).toEqual([1, 3, 4]);
    for (const { index, before, after } of changed) {
      expect(after.salt).toBe(SALTS.leaf(1n, index));
      if (before !== undefined) expect(before.salt).toBe(SALTS.leaf(0n, index));
    }
    expect(changed[0]!.after).toMatchObject({ key: 10n, lo: 1n, nextKey: 20n });
    expect(changed[0]!.before).toMatchObject({ key: 10n, nextKey: 30n });
    expect(changed[2]!.before).toBeUndefined();
  });
});

describe('a batch is refused, and nothing changes, when', () => {
  const bad: [string, StateWrite[]][] = [
    ['a key stands twice', [write(5n, 1n), write(6n, 1n), write(5n, 2n)]],
    ['a key is zero', [write(0n, 1n)]],
    ['a key is negative', [write(-1n, 1n)]],
    ['a key is the modulus', [write(FR_MODULUS, 1n)]],
    ['lo has 129 bits', [write(5n, 1n << 128n)]],
    ['hi has 129 bits', [write(5n, 1n, 1n << 128n)]],
    ['a limb is negative', [write(5n, -1n)]],
  ];
  test.each(bad)('%s', async (_, writes) => {
    const { tree } = await start();
    await apply(tree, 0n, [write(9n, 9n)]);
    const { root } = tree;
    await expect(apply(tree, 1n, writes)).rejects.toMatchObject({ code: 'STATE_TREE_REFUSED' });
    expect(tree.root).toBe(root);
    await apply(tree, 1n, [write(5n, 1n)]);
  });

  test('its number does not follow', async () => {
    const { tree } = await start();
    await apply(tree, 4n, [write(9n, 9n)]);
    for (const batch of [4n, 3n, 6n]) {
      await expect(apply(tree, batch, [write(1n, 1n)])).rejects.toMatchObject({ code: 'STATE_TREE_REFUSED' });
    }
    await apply(tree, 5n, [write(1n, 1n)]);
  });
});

describe('proofs', () => {
  async function seeded() {
    const random = createRandom();
    const { tree } = await start();
    const writes = Array.from({ length: 60 }, () => write(random.fr() || 1n, random.bits(128), random.bits(128)));
    await apply(tree, 0n, writes);
    return { tree, writes, random };
  }

  test('show members and absences', async () => {
    const { tree, writes, random } = await seeded();
    const view = await tree.view(0n, [...writes.map(({ key }) => key), 7n, FR_MODULUS - 1n]);
    for (const { key, hi, lo } of writes) {
      const proof = view.prove(key);
      expect(proof).toMatchObject({ kind: 'member', leaf: { key, hi, lo } });
      expect(verifyStateProof(tree.root, proof), `seed ${random.seed}`).toBe(true);
    }
    for (const key of [7n, FR_MODULUS - 1n]) {
      const proof = await tree.prove(0n, key);
      expect(proof.kind).toBe('absent');
      expect(verifyStateProof(tree.root, proof)).toBe(true);
    }
  });

  test('with any field altered are rejected', async () => {
    const { tree, writes } = await seeded();
    let rejected = 0;
    for (const key of [writes[3]!.key, 7n]) {
      const proof = await tree.prove(0n, key);
      expect(verifyStateProof(tree.root, proof)).toBe(true);
      const other = writes[4]!.key;
      const altered = [
        { ...proof, key: other },
        { ...proof, kind: proof.kind === 'member' ? ('absent' as const) : ('member' as const) },
        { ...proof, index: proof.index ^ 1 },
        { ...proof, index: proof.index + 2 ** 32 },
        { ...proof, siblings: proof.siblings.slice(1) },
        { ...proof, siblings: [...proof.siblings, 0n] },
        ...(['key', 'hi', 'lo', 'nextKey', 'salt'] as const).map((field) => ({
          ...proof,
          leaf: { ...proof.leaf, [field]: proof.leaf[field] + 1n },
        })),
        { ...proof, leaf: { ...proof.leaf, lo: proof.leaf.lo + FR_MODULUS } },
        { ...proof, leaf: { ...proof.leaf, salt: proof.leaf.salt + FR_MODULUS } },
        ...proof.siblings.map((_, i) => ({ ...proof, siblings: proof.siblings.with(i, proof.siblings[i]! ^ 1n) })),
      ];
      for (const one of altered) {
        expect(verifyStateProof(tree.root, one)).toBe(false);
        rejected += 1;
      }
      expect(verifyStateProof(tree.root + 1n, proof)).toBe(false);
    }
    expect(rejected).toBe(2 * 45);
  });

  test('of absence for a key that is there are rejected, whichever low leaf is shown', async () => {
    const { tree, writes } = await seeded();
    const { key } = writes[5]!;
    const view = await tree.view(
      0n,
      writes.map((one) => one.key),
    );
    for (let index = 0; index < tree.nextIndex; index++) {
      let leaf: ReturnType<TreeView['leaf']>;
      try {
        leaf = view.leaf(index);
      } catch {
        continue;
      }
      expect(verifyStateProof(tree.root, { kind: 'absent', key, index, leaf, siblings: view.siblings(index) })).toBe(
        false,
      );
    }
  });

  test('a view refuses what it was not asked for', async () => {
    const { tree, writes } = await seeded();
    const view = await tree.view(0n, [writes[0]!.key]);
    const strangers = writes.slice(1).filter(({ key }) => {
      try {
        view.prove(key);
        return false;
      } catch {
        return true;
      }
    });
    // At most the neighbours on the list of keys may be known by chance.
    expect(strangers.length).toBeGreaterThan(55);
  });
});

describe('history', () => {
  test('every past root can be proven from, and equals a replay up to it', async () => {
    const random = createRandom();
    const { tree } = await start();
    const naive = new NaiveTree();
    const known: bigint[] = [];
    const roots: bigint[] = [];
    const states: Map<bigint, StateWrite>[] = [];
    for (let i = 0; i < 6; i++) {
      const writes = randomWrites(random, known, 30);
      known.push(...writes.map(({ key }) => key).filter((key) => !known.includes(key)));
      await apply(tree, BigInt(i), writes);
      naive.apply(writes, (index) => SALTS.leaf(BigInt(i), index));
      roots.push(naive.root);
      states.push(new Map([...(states.at(-1) ?? []), ...writes.map((one) => [one.key, one] as const)]));
    }
    for (const [i, root] of roots.entries()) {
      const view = await tree.view(BigInt(i), known);
      expect(view.root, `seed ${random.seed}`).toBe(root);
      for (const key of known) {
        const proof = view.prove(key);
        const expected = states[i]!.get(key);
        expect(proof.kind).toBe(expected === undefined ? 'absent' : 'member');
        if (expected !== undefined) expect(proof.leaf).toMatchObject({ hi: expected.hi, lo: expected.lo });
        expect(verifyStateProof(root, proof), `seed ${random.seed}`).toBe(true);
      }
    }
  });

  test('a fork of a past view replays the next batch leaf by leaf to the same root', async () => {
    const random = createRandom();
    const { tree } = await start();
    const known: bigint[] = [];
    const batches = [40, 25, 25].map((count) => {
      const writes = randomWrites(random, known, count);
      known.push(...writes.map(({ key }) => key).filter((key) => !known.includes(key)));
      return writes;
    });
    const roots: bigint[] = [];
    for (const [i, writes] of batches.entries()) roots.push((await apply(tree, BigInt(i), writes)).root);
    for (let i = 1; i < batches.length; i++) {
      const view = await tree.view(
        BigInt(i - 1),
        batches[i]!.map(({ key }) => key),
      );
      const fork = view.fork();
      let half: ReturnType<typeof fork.fork> | undefined;
      const salt = (index: number) => SALTS.leaf(BigInt(i), index);
      for (const [j, one] of batches[i]!.entries()) {
        if (j === 10) half = fork.fork();
        const index = fork.indexOf(one.key);
        if (index !== undefined) fork.update(one, salt(index));
        else fork.insert(one, { low: salt(fork.lowIndexOf(one.key)), leaf: salt(fork.nextIndex) });
        expect(verifyStateProof(fork.root, fork.prove(one.key))).toBe(true);
      }
      expect(fork.root, `seed ${random.seed}`).toBe(roots[i]);
      expect(view.root).toBe(roots[i - 1]);
      expect(half!.root).not.toBe(fork.root);
    }
  });

  test('batches are taken back, values included, and others follow', async () => {
    const random = createRandom();
    const { tree } = await start();
    const first = randomWrites(random, [], 50);
    const known = first.map(({ key }) => key);
    await apply(tree, 0n, first);
    const root = tree.root;
    const second = randomWrites(random, known, 50);
    const { root: secondRoot } = await apply(tree, 1n, second);
    await apply(tree, 2n, randomWrites(random, known, 50));
    await tree.unwindTo(0n);
    expect([tree.root, tree.batch, tree.nextIndex], `seed ${random.seed}`).toEqual([root, 0n, 51]);
    for (const { key, hi, lo } of first) expect(tree.get(key)).toEqual({ hi, lo });
    for (const { key } of second) if (!known.includes(key)) expect(tree.get(key)).toEqual({ hi: 0n, lo: 0n });
    expect(await tree.verify()).toBe(true);
    expect((await apply(tree, 1n, second)).root).toBe(secondRoot);
  });

  test('a missing record is a coded error, and so is an altered one', async () => {
    const kept = new Map<bigint, Uint8Array>();
    const records = {
      put: async (batch: bigint, bytes: Uint8Array) => void kept.set(batch, bytes),
      get: async (batch: bigint) => kept.get(batch),
    };
    const { tree } = await start(undefined, records);
    for (let i = 0n; i < 3n; i++) await apply(tree, i, [write(5n, i + 1n), write(100n + i, 1n)]);
    const record = kept.get(2n)!;
    kept.delete(2n);
    await expect(tree.prove(0n, 5n)).rejects.toMatchObject({ code: 'STATE_HISTORY_MISSING' });
    for (const bytes of [record.slice(0, 40), record.slice(4), new Uint8Array(record.length), kept.get(1n)!]) {
      kept.set(2n, bytes);
      await expect(tree.prove(0n, 5n)).rejects.toMatchObject({ code: 'STATE_RECORD_INVALID' });
    }
    kept.set(2n, record);
    expect(verifyStateProof((await tree.view(0n, [5n])).root, await tree.prove(0n, 5n))).toBe(true);
  });

  test('a flipped byte in a record never gives a proof that does not hold', async () => {
    const random = createRandom();
    const kept = new Map<bigint, Uint8Array>();
    const records = {
      put: async (batch: bigint, bytes: Uint8Array) => void kept.set(batch, bytes),
      get: async (batch: bigint) => kept.get(batch),
    };
    const { tree } = await start(undefined, records);
    const { root } = await apply(tree, 0n, [write(5n, 1n), write(7n, 1n)]);
    await apply(tree, 1n, [write(7n, 2n), write(6n, 2n)]);
    const record = kept.get(1n)!;
    const outcomes = { refused: 0, sound: 0 };
    for (let i = 0; i < 200; i++) {
      const at = random.below(record.length);
      kept.set(1n, record.with(at, record[at]! ^ (1 << random.below(8))));
      const key = [5n, 6n, 7n][i % 3]!;
      try {
        expect(verifyStateProof(root, await tree.prove(0n, key)), `seed ${random.seed}`).toBe(true);
        outcomes.sound += 1;
      } catch (error) {
        expect(error, `seed ${random.seed}`).toMatchObject({ code: 'STATE_RECORD_INVALID' });
        outcomes.refused += 1;
      }
    }
    expect(outcomes.refused).toBeGreaterThan(5);
    expect(outcomes.sound).toBeGreaterThan(5);
    await expect(tree.prove(3n, 5n)).rejects.toMatchObject({ code: 'STATE_TREE_REFUSED' });
  });
});

describe('snapshots', () => {
  test('start a tree that goes on as the first one does', async () => {
    const random = createRandom();
    const { tree, records } = await start();
    const writes = randomWrites(random, [], 300);
    await apply(tree, 7n, writes);
    const bytes = await snapshotBytes(tree);
    const { tree: restored } = await start(bytes, records);
    expect(await snapshotBytes(restored)).toEqual(bytes);
    expect([restored.root, restored.batch, restored.nextIndex]).toEqual([tree.root, 7n, tree.nextIndex]);
    for (const { key, hi, lo } of writes) expect(restored.get(key)).toEqual({ hi, lo });
    expect(await restored.verify()).toBe(true);
    const next = randomWrites(
      random,
      writes.map(({ key }) => key),
      40,
    );
    expect((await apply(restored, 8n, next)).root, `seed ${random.seed}`).toBe((await apply(tree, 8n, next)).root);
  });

  test('that are damaged are refused, or found by verify', async () => {
    const { tree } = await start();
    await apply(tree, 0n, [write(5n, 1n), write(3n, 2n)]);
    const bytes = await snapshotBytes(tree);
    const longer = new Uint8Array(bytes.length + 4);
    longer.set(bytes);
    const damaged = [bytes.slice(0, 10), bytes.slice(0, -4), bytes.slice(0, -32), bytes.slice(4), longer];
    damaged.push(bytes.with(0, 0), bytes.with(20, 9), bytes.with(20, 0), new Uint8Array());
    // A next pointer that leaves the tree, and one that makes a loop: the pointer ends the second leaf of 100 bytes.
    for (const pointer of [250, 1]) damaged.push(bytes.with(32 + 100 + 96, pointer));
    for (const one of damaged)
      await expect(createTestTree(one)).rejects.toMatchObject({ code: 'STATE_SNAPSHOT_INVALID' });
    const { tree: altered } = await start(bytes.with(32 + 100 + 33, 77));
    expect(await altered.verify()).toBe(false);
  });
});

describe('a snapshot', () => {
  test('of several pages comes back whole, whatever pieces it is read in', async () => {
    const random = createRandom();
    const { tree } = await start();
    await apply(tree, 0n, randomWrites(random, [], 5_000));
    const bytes = await snapshotBytes(tree);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + random.below(70_000);
      pieces.push(bytes.slice(at, end), new Uint8Array());
      at = end;
    }
    const restored = await createTree(TEST_TREE, { records: createMemoryRecords({ bytesMax: 0 }), snapshot: pieces });
    open.push(restored);
    expect([restored.root, restored.nextIndex], `seed ${random.seed}`).toEqual([tree.root, tree.nextIndex]);
    expect(await restored.verify()).toBe(true);
  });

  test('stops when the tree moves on under it', async () => {
    const { tree } = await start();
    await apply(tree, 0n, [write(5n, 1n)]);
    const pages = tree.snapshot()[Symbol.asyncIterator]();
    expect((await pages.next()).done).toBe(false);
    await apply(tree, 1n, [write(6n, 1n)]);
    await expect(pages.next()).rejects.toMatchObject({ code: 'STATE_TREE_REFUSED' });
  });
});

describe('the thread', () => {
  test('never blocks the event loop while a large batch is applied', async () => {
    const random = createRandom();
    const { tree } = await start();
    const writes = Array.from({ length: 4_000 }, () => write(random.fr() || 1n, 1n));
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 5);
    await apply(tree, 0n, writes);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  test('serves requests in the order they were made', async () => {
    const { tree } = await start();
    const outcomes = await Promise.all([0n, 1n, 2n, 3n].map((batch) => apply(tree, batch, [write(5n, batch + 1n)])));
    expect(outcomes.map(({ batch }) => batch)).toEqual([0n, 1n, 2n, 3n]);
    expect(tree.get(5n)).toEqual({ hi: 0n, lo: 4n });
    expect(new Set(outcomes.map(({ root }) => root)).size).toBe(4);
  });

  test('that fails rejects what waits and what comes, with its cause', async () => {
    const tree = await createTree(
      { bytesMax: 2 ** 25, hashThreads: 1 },
      { records: createMemoryRecords({ bytesMax: 2 ** 20 }) },
    );
    open.push(tree);
    await apply(tree, 0n, [write(5n, 1n)]);
    // More leaves than its memory holds: an invariant of the thread breaks.
    const huge = Array.from({ length: 250_000 }, (_, i) => write(BigInt(i + 10), 1n));
    const waiting = apply(tree, 1n, huge);
    await expect(waiting).rejects.toMatchObject({ code: 'STATE_TREE_STOPPED' });
    await expect(tree.stopped).rejects.toMatchObject({ code: 'STATE_TREE_STOPPED' });
    await expect(snapshotBytes(tree)).rejects.toMatchObject({ code: 'STATE_TREE_STOPPED' });
  });

  test('stops when a record cannot be kept, rather than go on without history', async () => {
    const records = { put: async () => Promise.reject(new Error('disk full')), get: async () => undefined };
    const { tree } = await start(undefined, records);
    await expect(apply(tree, 0n, [write(5n, 1n)])).rejects.toMatchObject({ code: 'STATE_TREE_STOPPED' });
    await expect(tree.stopped).rejects.toMatchObject({ code: 'STATE_TREE_STOPPED' });
    expect(tree.get(5n)).toEqual({ hi: 0n, lo: 0n });
  });

  test('closes cleanly and says so afterwards', async () => {
    const { tree } = await createTestTree();
    await tree.close();
    await tree.stopped;
    await expect(apply(tree, 0n, [write(5n, 1n)])).rejects.toMatchObject({ code: 'STATE_TREE_CLOSED' });
  });
});
