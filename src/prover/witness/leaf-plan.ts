/** Which table each touched key of a segment stands in, given the tree at the segment's start (circuits/lib/src/leaves.nr). */

import { isZeroWord } from '../../chain/word.ts';
import type { TreeView } from '../../state/port.ts';
import type { Unit } from './trace.ts';

/** Leaves are opened under subtrees of this height. */
export const SUBTREE_DEPTH = 20;
const SUBTREE_LEAVES = 2 ** SUBTREE_DEPTH;

export interface NewKey {
  readonly key: bigint;
  /** The greatest key below it: for a fresh key at its insertion, for an absent one at the end. */
  readonly predecessor: bigint;
}

export interface LeafPlan {
  /** Leaf indices, ascending. */
  readonly updated: readonly number[];
  readonly read: readonly number[];
  /** In the order in which they get indices. */
  readonly fresh: readonly NewKey[];
  /** Ascending by key. */
  readonly absent: readonly NewKey[];
  /** Positions, ascending. */
  readonly subtrees: readonly number[];
}

const ascending = (a: number, b: number): number => a - b;
const byKey = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

export const subtreeOf = (index: number): number => Math.floor(index / SUBTREE_LEAVES);
export const indexInSubtree = (index: number): number => index % SUBTREE_LEAVES;

export function planLeaves(units: readonly Unit[], tree: TreeView): LeafPlan {
  const updated = new Set<number>();
  const fresh: NewKey[] = [];
  const freshKeys = new Set<bigint>();
  /** The greatest listed key below `key`, and its index when it had a leaf before. */
  const predecessorOf = (key: bigint): { readonly key: bigint; readonly index?: number } => {
    const index = tree.lowIndexOf(key);
    const existing = tree.leaf(index).key;
    let best: bigint | undefined;
    for (const candidate of freshKeys) {
      if (candidate < key && candidate > existing && (best === undefined || candidate > best)) best = candidate;
    }
    return best === undefined ? { key: existing, index } : { key: best };
  };
  for (const { changes } of units) {
    for (const { key, after } of changes) {
      const index = tree.indexOf(key);
      if (index !== undefined) updated.add(index);
      else if (!freshKeys.has(key) && !isZeroWord(after)) {
        const predecessor = predecessorOf(key);
        if (predecessor.index !== undefined) updated.add(predecessor.index);
        fresh.push({ key, predecessor: predecessor.key });
        freshKeys.add(key);
      }
    }
  }
  const read = new Set<number>();
  const absentKeys = new Set<bigint>();
  for (const key of units.flatMap(({ touched }) => touched)) {
    const index = tree.indexOf(key);
    if (index !== undefined) read.add(index);
    else if (!freshKeys.has(key)) absentKeys.add(key);
  }
  const absent = [...absentKeys].sort(byKey).map((key) => {
    const predecessor = predecessorOf(key);
    if (predecessor.index !== undefined) read.add(predecessor.index);
    return { key, predecessor: predecessor.key };
  });
  for (const index of updated) read.delete(index);
  const existing = [...updated, ...read];
  return {
    updated: [...updated].sort(ascending),
    read: [...read].sort(ascending),
    fresh,
    absent,
    subtrees: [...new Set(existing.map(subtreeOf))].sort(ascending),
  };
}
