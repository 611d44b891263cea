import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { emptySubtrees } from '../../src/chain/frontier.ts';
import { node } from '../../src/chain/poseidon2.ts';
import { checkListWitness, createListTree, hashListLeaf } from '../../src/policy/lists/list-tree.ts';
import { readListFile } from '../../src/policy/lists/read-list-file.ts';
import { TEST_SALT } from './fixtures.ts';
import golden from './golden-list.json' with { type: 'json' };
import { createRandom } from './random.ts';

const seed = process.env['FUZZ_SEED'] ?? randomUUID();
const A = 0x1111n;
const B = 0x2222n;
const C = 0x3333n;
const tree = createListTree(1n, [C, A], TEST_SALT);

describe('a list root', () => {
  it('is 0 for an empty list, where everybody is outside', () => {
    const empty = createListTree(1n, [], TEST_SALT);
    expect(empty.root).toBe(0n);
    expect(empty.witness(A)).toBeUndefined();
    expect(checkListWitness(0n, A, undefined)).toBe('outside');
  });

  it('is the golden one, whatever the order of the members', () => {
    expect(`0x${tree.root.toString(16).padStart(64, '0')}`).toBe(golden.root);
    expect(createListTree(1n, [A, C], TEST_SALT).root).toBe(tree.root);
  });

  it('is a sorted linked tree of depth 20 from a head', () => {
    const leaf = (address: bigint, nextAddress: bigint) =>
      hashListLeaf({ address, nextAddress, salt: tree.witness(address === 0n ? 1n : address)!.salt });
    const zeros = emptySubtrees(20);
    let root = node(node(leaf(0n, A), leaf(A, C)), node(leaf(C, 0n), 0n));
    for (let level = 2; level < 20; level++) root = node(root, zeros[level]!);
    expect(tree.root).toBe(root);
  });

  it('changes with a member, the list id and the salt', () => {
    const others = [
      createListTree(1n, [A, B, C], TEST_SALT),
      createListTree(1n, [A], TEST_SALT),
      createListTree(2n, [A, C], TEST_SALT),
      createListTree(1n, [A, C], new Secret(new Uint8Array(32))),
    ];
    expect(new Set([tree, ...others].map(({ root }) => root)).size).toBe(5);
  });

  it.each<[string, bigint[]]>([
    ['the zero address', [0n]],
    ['a repeated member', [A, A]],
    ['more than 160 bits', [1n << 160n]],
  ])('refuses %s', (_, members) => {
    expect(() => createListTree(1n, members, TEST_SALT)).toThrow();
  });
});

describe('a list witness', () => {
  it('shows who is inside and who is not', () => {
    expect(checkListWitness(tree.root, A, tree.witness(A))).toBe('inside');
    expect(checkListWitness(tree.root, C, tree.witness(C))).toBe('inside');
    for (const outside of [1n, B, C + 1n, (1n << 160n) - 1n]) {
      expect(checkListWitness(tree.root, outside, tree.witness(outside))).toBe('outside');
    }
  });

  it('of one address shows nothing of another', () => {
    expect(checkListWitness(tree.root, A, tree.witness(B))).toBe('inside');
    expect(checkListWitness(tree.root, C, tree.witness(B))).toBeUndefined();
    expect(checkListWitness(tree.root, B, tree.witness(1n))).toBeUndefined();
    expect(checkListWitness(tree.root, 0n, tree.witness(1n))).toBeUndefined();
    expect(checkListWitness(tree.root, (1n << 160n) + A, tree.witness(C))).toBeUndefined();
  });

  it('with any field changed shows nothing', () => {
    const witness = tree.witness(B)!;
    const changes = [
      { position: witness.position + 1 },
      { position: -1 },
      { address: witness.address - 1n },
      { nextAddress: 0n },
      { salt: witness.salt + 1n },
      { siblings: witness.siblings.slice(1) },
      ...witness.siblings.map((_, i) => ({ siblings: witness.siblings.map((s, j) => (i === j ? s + 1n : s)) })),
    ];
    for (const change of changes) expect(checkListWitness(tree.root, B, { ...witness, ...change })).toBeUndefined();
    expect(checkListWitness(tree.root + 1n, B, witness)).toBeUndefined();
    expect(checkListWitness(tree.root, B, undefined)).toBeUndefined();
  });

  it(`agrees with a set (seed ${seed})`, () => {
    console.log(`FUZZ_SEED=${seed}`);
    const random = createRandom(seed);
    const members = new Set(Array.from({ length: 200 }, () => BigInt(1 + random.below(1000))));
    const big = createListTree(9n, members, TEST_SALT);
    for (let address = 1n; address <= 1001n; address += BigInt(1 + random.below(9))) {
      const expected = members.has(address) ? 'inside' : 'outside';
      expect(big.has(address)).toBe(members.has(address));
      expect(checkListWitness(big.root, address, big.witness(address))).toBe(expected);
    }
  });
});

describe('a list file', () => {
  const address = (digit: string) => `0x${digit.repeat(40)}`;

  it('has one address a line', () => {
    expect(readListFile(`# heading\n${address('1')} # somebody\r\n\n  ${address('2')}\n`)).toEqual([
      BigInt(address('1')),
      BigInt(address('2')),
    ]);
    expect(readListFile('')).toEqual([]);
  });

  it.each([
    ['rubbish', 'abc', 'list:1:1: BAD_ADDRESS'],
    ['the zero address', `\n ${address('0')}`, 'list:2:2: BAD_ADDRESS'],
    ['a wrong checksum', '0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266', 'list:1:1: BAD_ADDRESS'],
    ['two on a line', `${address('1')} ${address('2')}`, 'list:1:1: BAD_ADDRESS'],
    ['one that stands twice', `${address('a')}\n${address('A')}`, 'list:2:1: DUPLICATE_NAME: already on line 1'],
  ])('is refused for %s', (_, text, message) => {
    expect(() => readListFile(text)).toThrow(`POLICY_LIST_INVALID: ${message}`);
  });
});
