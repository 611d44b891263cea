/** Ethereum's state root over a set of accounts (yellow paper, appendix D), for comparison only: nothing of ours is rooted this way. */

import { RLP } from '@ethereumjs/rlp';
import { bigIntToBytes, bytesToBigInt } from '../../src/base/bytes.ts';
import { keccak256 } from '../../src/chain/keccak.ts';

export interface TrieAccount {
  readonly address: bigint;
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: Uint8Array;
  readonly storage: readonly { readonly slot: bigint; readonly value: bigint }[];
}

type Item = Uint8Array | Item[];

interface Entry {
  /** Nibbles of the hashed key. */
  readonly path: readonly number[];
  readonly value: Uint8Array;
}

const EMPTY = new Uint8Array();

export function ethereumStateRoot(accounts: readonly TrieAccount[]): bigint {
  return trieRoot(
    accounts.map(({ address, nonce, balance, codeHash, storage }) => {
      const storageRoot = trieRoot(
        storage.map(({ slot, value }) => ({
          path: pathOf(bigIntToBytes(slot, 32)),
          value: RLP.encode(integer(value)),
        })),
      );
      const account = [integer(nonce), integer(balance), bigIntToBytes(storageRoot, 32), codeHash];
      return { path: pathOf(bigIntToBytes(address, 20)), value: RLP.encode(account) };
    }),
  );
}

export const logsHash = (logs: readonly { address: bigint; topics: readonly bigint[]; data: Uint8Array }[]): bigint =>
  bytesToBigInt(
    keccak256(
      RLP.encode(
        logs.map(({ address, topics, data }) => [
          bigIntToBytes(address, 20),
          topics.map((topic) => bigIntToBytes(topic, 32)),
          data,
        ]),
      ),
    ),
  );

function trieRoot(entries: readonly Entry[]): bigint {
  return bytesToBigInt(keccak256(RLP.encode(nodeOf(entries, 0) as Parameters<typeof RLP.encode>[0])));
}

function nodeOf(entries: readonly Entry[], depth: number): Item {
  const [first] = entries;
  if (first === undefined) return EMPTY;
  if (entries.length === 1) return [compact(first.path.slice(depth), true), first.value];
  let shared = depth;
  while (entries.every(({ path }) => path[shared] === first.path[shared])) shared += 1;
  if (shared > depth) return [compact(first.path.slice(depth, shared), false), reference(nodeOf(entries, shared))];
  const children = Array.from({ length: 16 }, (_, nibble) => {
    const below = entries.filter(({ path }) => path[depth] === nibble);
    return below.length === 0 ? EMPTY : reference(nodeOf(below, depth + 1));
  });
  return [...children, EMPTY];
}

/** A node of fewer than 32 bytes stands in its parent itself. */
function reference(node: Item): Item {
  const encoded = RLP.encode(node as Parameters<typeof RLP.encode>[0]);
  return encoded.length < 32 ? node : keccak256(encoded);
}

/** Hex-prefix encoding. */
function compact(nibbles: readonly number[], isLeaf: boolean): Uint8Array {
  const odd = nibbles.length % 2;
  const flag = (isLeaf ? 2 : 0) + odd;
  const all = odd === 1 ? [flag, ...nibbles] : [flag, 0, ...nibbles];
  return Uint8Array.from({ length: all.length / 2 }, (_, i) => all[2 * i]! * 16 + all[2 * i + 1]!);
}

const pathOf = (key: Uint8Array): number[] => [...keccak256(key)].flatMap((byte) => [byte >> 4, byte & 15]);

function integer(value: bigint): Uint8Array {
  if (value === 0n) return EMPTY;
  const hex = value.toString(16);
  return bigIntToBytes(value, Math.ceil(hex.length / 2));
}
