import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { TREE_DEPTH } from '../../src/chain/constants.ts';
import { createReferenceEngine } from '../../src/chain/poseidon2/engine.ts';
import { node } from '../../src/chain/poseidon2.ts';
import { createSalts } from '../../src/chain/salts.ts';
import { createHashCrew } from '../../src/state/hash-crew.ts';
import { IndexedTree } from '../../src/state/indexed-tree.ts';
import { EMPTY_SUBTREES, hashLeaf } from '../../src/state/leaf.ts';
import { packWrites } from '../../src/state/packed-writes.ts';
import { createSaltWriter } from '../../src/state/salt-writer.ts';
import { OverlayFork } from '../../src/state/tree-fork.ts';
import { STAGE_JOBS } from '../../src/state/tree-memory.ts';
import { randomWrites, SALT_KEY, SALTS, write } from './fixtures.ts';
import { createRandom } from './random.ts';

const salts = createSaltWriter(SALT_KEY.reveal(), 3n);

describe('the tree in memory', () => {
  test('has the same root whether the kernel or plain integers hash', () => {
    const random = createRandom();
    const writes = packWrites(randomWrites(random, [], 12));
    const fast = new IndexedTree();
    const plain = new IndexedTree({ bytesMax: 2 ** 26 }, ({ hash }) =>
      createHashCrew(hash, 0, createReferenceEngine(hash.memory)),
    );
    expect([fast.isFast, plain.isFast]).toEqual([true, false]);
    fast.apply(3n, writes, salts);
    plain.apply(3n, writes, salts);
    expect(fast.root, `seed ${random.seed}`).toBe(plain.root);
  });

  test('finds every key and its neighbours among tens of thousands, in any order of insertion', () => {
    const random = createRandom();
    const tree = new IndexedTree();
    // Near-equal keys share their top bits, so that the full comparison is needed.
    const base = (random.fr() >> 64n) << 64n;
    const keys = new Set(
      Array.from({ length: 20_000 }, (_, i) => (i % 3 === 0 ? base + random.bits(40) + 1n : random.fr() || 1n)),
    );
    const all = [...keys];
    for (let i = 0; i < all.length; i += 7_000) {
      tree.apply(3n, packWrites(all.slice(i, i + 7_000).map((key) => write(key, 1n))), salts);
    }
    const sorted = all.toSorted((a, b) => (a < b ? -1 : 1));
    for (let i = 0; i < sorted.length; i += 13) {
      const index = tree.indexOf(sorted[i]!)!;
      expect(tree.leaf(index), `seed ${random.seed}`).toMatchObject({ key: sorted[i]!, nextKey: sorted[i + 1] ?? 0n });
      expect(tree.leaf(tree.lowIndexOf(sorted[i]!)).key).toBe(sorted[i - 1] ?? 0n);
      if (!keys.has(sorted[i]! + 1n)) {
        expect(tree.indexOf(sorted[i]! + 1n)).toBeUndefined();
        expect(tree.lowIndexOf(sorted[i]! + 1n)).toBe(index);
      }
    }
  });

  test('has the root of its leaves after batches that are hashed in several stages', () => {
    const random = createRandom();
    const tree = new IndexedTree();
    const count = STAGE_JOBS + 100;
    const first = Array.from({ length: count }, () => write(random.fr() || 1n, random.bits(128)));
    tree.apply(3n, packWrites(first), salts);
    const updates = first.filter((_, i) => i % 9 === 0).map(({ key }) => write(key, 5n, random.bits(128)));
    // The first inserts come last: their values are hashed after their leaves are known.
    const inserts = Array.from({ length: count - updates.length }, () => write(random.fr() || 1n, 6n));
    tree.apply(4n, packWrites([...updates, ...inserts]), createSaltWriter(SALT_KEY.reveal(), 4n));
    let level = Array.from({ length: tree.nextIndex }, (_, index) => hashLeaf(tree.leaf(index)));
    for (let height = 0; height < TREE_DEPTH; height++) {
      const empty = EMPTY_SUBTREES[height]!;
      level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) =>
        node(level[2 * i]!, level[2 * i + 1] ?? empty),
      );
    }
    expect(tree.root, `seed ${random.seed}`).toBe(level[0]!);
    for (const [key, lo] of [...updates.map(({ key, hi }) => [key, (hi << 128n) | 5n] as const)].slice(0, 50))
      expect(tree.memory.readFr(tree.memory.value(tree.indexOf(key)!))).toBe(lo);
    expect(tree.verify()).toBe(true);
  });

  test('finds by verify a remembered half that does not belong to its leaf', () => {
    const tree = new IndexedTree();
    tree.apply(3n, packWrites([write(10n, 1n), write(30n, 3n)]), salts);
    tree.memory.writeFr(tree.memory.half(1), 5n);
    // Key 20 moves the pointer of leaf 1 and leaves its value alone, so the half is used.
    tree.apply(4n, packWrites([write(20n, 2n)]), salts);
    expect(tree.verify()).toBe(false);
    expect(tree.verify()).toBe(true);
  });

  test('takes a batch back to the node', () => {
    const random = createRandom();
    const tree = new IndexedTree();
    const first = randomWrites(random, [], 200);
    tree.apply(3n, packWrites(first), salts);
    const before = { root: tree.root, leaves: Array.from({ length: tree.nextIndex }, (_, i) => tree.leaf(i)) };
    const record = tree.apply(
      4n,
      packWrites(
        randomWrites(
          random,
          first.map(({ key }) => key),
          300,
        ),
      ),
      salts,
    );
    tree.undo(record);
    expect(tree.root, `seed ${random.seed}`).toBe(before.root);
    expect(Array.from({ length: tree.nextIndex }, (_, i) => tree.leaf(i))).toEqual(before.leaves);
    expect(() => tree.undo(record)).toThrow('not the last batch');
  });

  test('refuses a key twice and the head', () => {
    const tree = new IndexedTree();
    expect(() => tree.apply(3n, packWrites([write(5n, 1n), write(5n, 2n)]), salts)).toThrow('twice');
    expect(() => new IndexedTree().apply(3n, packWrites([write(0n, 1n)]), salts)).toThrow('twice');
  });
});

describe('a fork', () => {
  const source = () => {
    const tree = new IndexedTree();
    tree.apply(3n, packWrites([write(10n, 1n), write(30n, 3n)]), salts);
    return {
      tree,
      fork: new OverlayFork({
        nextIndex: tree.nextIndex,
        node: (...at) => tree.node(...at),
        leaf: (i) => tree.leaf(i),
        floorIndex: (key) => tree.indexOf(key) ?? tree.lowIndexOf(key),
      }),
    };
  };

  test('refuses to skip an index, change a key, insert twice or update what is not there', () => {
    const { fork, tree } = source();
    const leaf = { key: 20n, hi: 0n, lo: 2n, nextKey: 30n, salt: 7n };
    expect(() => fork.setLeaf(4, leaf)).toThrow('in order');
    expect(() => fork.setLeaf(1, leaf)).toThrow('never changes');
    expect(() => fork.insert(write(10n, 5n), { low: 1n, leaf: 1n })).toThrow('has a leaf');
    expect(() => fork.update(write(20n, 5n), 1n)).toThrow('no leaf');
    expect(() => fork.setLeaf(3, { ...leaf, key: 0n })).toThrow('non-zero');
    expect(fork.root).toBe(tree.root);
  });

  test('finds low leaves among its own insertions and leaves its source and parent alone', () => {
    const { fork, tree } = source();
    const { root } = tree;
    fork.insert(write(20n, 2n), { low: 1n, leaf: 2n });
    const child = fork.fork();
    const parentRoot = fork.root;
    child.insert(write(25n, 2n), { low: 1n, leaf: 2n });
    expect(child.lowIndexOf(25n)).toBe(3);
    expect(child.leaf(3).nextKey).toBe(25n);
    expect([fork.root, fork.nextIndex, tree.root]).toEqual([parentRoot, 4, root]);
    expect(child.get(25n)).toEqual({ hi: 0n, lo: 2n });
    expect(fork.get(25n)).toEqual({ hi: 0n, lo: 0n });
  });
});

describe('the salt writer', () => {
  test('writes what createSalts derives, for keys of any allowed length', () => {
    const random = createRandom();
    for (const length of [1, 31, 32, 33, 64]) {
      const key = Uint8Array.from({ length }, () => random.below(256));
      const expected = createSalts(new Secret(key));
      for (let i = 0; i < 20; i++) {
        const batch = random.bits(64);
        const index = random.u32();
        const words = new Uint32Array(16);
        createSaltWriter(key, batch)(index, words, 8);
        const value = words.subarray(8).reduceRight((sum, one) => (sum << 32n) | BigInt(one), 0n);
        expect(value, `seed ${random.seed}`).toBe(expected.leaf(batch, index));
      }
    }
    expect(() => createSaltWriter(new Uint8Array(65), 0n)).toThrow('64 bytes');
    expect(SALTS.leaf(0n, 0)).toBeLessThan(1n << 248n);
  });
});
