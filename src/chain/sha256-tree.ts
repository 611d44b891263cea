import { u8, word32 } from './packed.ts';
import { sha256Word } from './sha256.ts';

export interface Sha256Tree {
  /** 0 when there are no leaves. */
  readonly root: bigint;
  siblings(position: number): bigint[];
}

const leafHash = (leaf: bigint): bigint => sha256Word(u8(0), word32(leaf));
const nodeHash = (left: bigint, right: bigint): bigint => sha256Word(u8(1), word32(left), word32(right));

/** Merkle tree over any number of leaves with separate domains for leaves and nodes (RFC 6962); a level's odd last node is paired with 0. */
export function buildSha256Tree(leaves: readonly bigint[]): Sha256Tree {
  const levels: bigint[][] = [leaves.map(leafHash)];
  while (levels.at(-1)!.length > 1) {
    const below = levels.at(-1)!;
    levels.push(
      Array.from({ length: Math.ceil(below.length / 2) }, (_, i) => nodeHash(below[2 * i]!, below[2 * i + 1] ?? 0n)),
    );
  }
  return {
    root: levels.at(-1)![0] ?? 0n,
    siblings: (position) => levels.slice(0, -1).map((level, height) => level[(position >> height) ^ 1] ?? 0n),
  };
}

export function sha256RootOf(leaf: bigint, position: number, siblings: readonly bigint[]): bigint {
  return siblings.reduce(
    (current, sibling, height) =>
      ((position >> height) & 1) === 1 ? nodeHash(sibling, current) : nodeHash(current, sibling),
    leafHash(leaf),
  );
}
