import { assert } from '../base/assert.ts';
import { TAG, TX_TREE_DEPTH } from './constants.ts';
import { node, p2 } from './poseidon2.ts';

/** The left edge of an append-only tree of depth 20: enough to append and to give the root (docs/PROTOCOL.md 3). */
export interface Frontier {
  readonly count: number;
  /** `nodes[i]` is the left sibling at level i where bit i of `count` is 1, else 0. */
  readonly nodes: readonly bigint[];
}

export const EMPTY_FRONTIER: Frontier = { count: 0, nodes: Array<bigint>(TX_TREE_DEPTH).fill(0n) };

export function appendToFrontier(frontier: Frontier, leaf: bigint): Frontier {
  assert(frontier.count < 2 ** TX_TREE_DEPTH - 1, 'the transaction tree of a batch is full');
  const nodes = [...frontier.nodes];
  let current = leaf;
  let level = 0;
  while (((frontier.count >> level) & 1) === 1) {
    current = node(nodes[level]!, current);
    nodes[level] = 0n;
    level += 1;
  }
  nodes[level] = current;
  return { count: frontier.count + 1, nodes };
}

export const hashFrontier = (frontier: Frontier): bigint => p2(TAG.FRONTIER, ...frontier.nodes);

/** Roots of empty subtrees, by height. */
export function emptySubtrees(depth: number): bigint[] {
  const zeros = [0n];
  for (let i = 0; i < depth; i++) zeros.push(node(zeros[i]!, zeros[i]!));
  return zeros;
}

export function frontierRoot(frontier: Frontier): bigint {
  const zeros = emptySubtrees(TX_TREE_DEPTH);
  let current = 0n;
  for (let level = 0; level < TX_TREE_DEPTH; level++) {
    const bit = (frontier.count >> level) & 1;
    current = bit === 1 ? node(frontier.nodes[level]!, current) : node(current, zeros[level]!);
  }
  return current;
}
