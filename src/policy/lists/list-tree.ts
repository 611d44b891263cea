/** The L1-approved part of a list: a sorted tree that proves who is inside and who is not (docs/PROTOCOL.md 5). */

import { assert } from '../../base/assert.ts';
import type { Secret } from '../../base/secret.ts';
import { LIST_TREE_DEPTH, TAG } from '../../chain/constants.ts';
import { buildMerkleTree, type MerkleTree, merkleRootOf } from '../../chain/merkle.ts';
import { p2 } from '../../chain/poseidon2.ts';
import { deriveListSalt } from './list-salt.ts';

export const LIST_MEMBERS_MAX = 2 ** LIST_TREE_DEPTH - 1;
const ADDRESS_END = 1n << 160n;

/** One leaf: it shows that `address` is inside, and that nobody between it and `nextAddress` (0: infinity) is. */
export interface ListWitness {
  readonly position: number;
  /** From the leaf up, 20 of them. */
  readonly siblings: readonly bigint[];
  readonly address: bigint;
  readonly nextAddress: bigint;
  readonly salt: bigint;
}

export interface ListTree {
  readonly list: bigint;
  /** 0 for an empty list. */
  readonly root: bigint;
  readonly size: number;
  has(address: bigint): boolean;
  /** The leaf that decides about `address`; undefined for an empty list, where there is nothing to open. */
  witness(address: bigint): ListWitness | undefined;
}

/** `members` in any order, without repetition. The tree is hashed when its root is first asked for. */
export function createListTree(list: bigint, members: Iterable<bigint>, salt: Secret<Uint8Array>): ListTree {
  const sorted = [...members].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  assert(
    sorted.every((address) => address > 0n && address < ADDRESS_END),
    'a list member is a non-zero address',
  );
  assert(
    sorted.every((address, i) => address !== sorted[i - 1]),
    'a list member stands once',
  );
  assert(sorted.length <= LIST_MEMBERS_MAX, 'a list holds at most 2^20 - 1 members');
  const inside = new Set(sorted);
  const addresses = [0n, ...sorted];
  const leafAt = (position: number) => {
    const address = addresses[position]!;
    return { address, nextAddress: addresses[position + 1] ?? 0n, salt: deriveListSalt(salt, list, address) };
  };
  let tree: MerkleTree | undefined;
  const built = (): MerkleTree => {
    tree ??= buildMerkleTree(
      addresses.map((_, position) => hashListLeaf(leafAt(position))),
      LIST_TREE_DEPTH,
    );
    return tree;
  };

  return {
    list,
    get root() {
      return sorted.length === 0 ? 0n : built().root;
    },
    size: sorted.length,
    has: (address) => inside.has(address),
    witness(address) {
      assert(address > 0n && address < ADDRESS_END, 'a list speaks of non-zero addresses');
      if (sorted.length === 0) return undefined;
      const position = lastAtMost(addresses, address);
      return { position, siblings: built().siblings(position), ...leafAt(position) };
    },
  };
}

export const hashListLeaf = ({
  address,
  nextAddress,
  salt,
}: Pick<ListWitness, 'address' | 'nextAddress' | 'salt'>): bigint => p2(TAG.LIST_LEAF, address, nextAddress, salt);

/** What a witness shows about an address under a root; undefined when it shows nothing. */
export function checkListWitness(
  root: bigint,
  address: bigint,
  witness: ListWitness | undefined,
): 'inside' | 'outside' | undefined {
  if (root === 0n) return 'outside';
  if (witness === undefined || witness.siblings.length !== LIST_TREE_DEPTH) return undefined;
  if (witness.position < 0 || witness.position >= 2 ** LIST_TREE_DEPTH) return undefined;
  if (merkleRootOf(hashListLeaf(witness), witness.position, witness.siblings) !== root) return undefined;
  if (address <= 0n || address >= ADDRESS_END) return undefined;
  if (witness.address === address) return 'inside';
  const before = witness.nextAddress === 0n || address < witness.nextAddress;
  return witness.address < address && before ? 'outside' : undefined;
}

/** Index of the last element that is at most `value`; the first element is 0. */
function lastAtMost(sorted: readonly bigint[], value: bigint): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
