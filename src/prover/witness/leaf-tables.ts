/** The leaf tables of a segment as its circuit takes them, and the tree after it. */

import { assert } from '../../base/assert.ts';
import { TREE_DEPTH } from '../../chain/constants.ts';
import { emptySubtrees } from '../../chain/frontier.ts';
import type { StateReader } from '../../execution/port.ts';
import type { Leaf, TreeFork } from '../../state/port.ts';
import { type CircuitStruct, padded, ZERO, zeros } from './circuit-value.ts';
import { indexInSubtree, type LeafPlan, SUBTREE_DEPTH, subtreeOf } from './leaf-plan.ts';
import type { Profile } from './profiles.ts';
import type { RowOf } from './trace.ts';

const EMPTY = emptySubtrees(TREE_DEPTH);
const UPPER_DEPTH = TREE_DEPTH - SUBTREE_DEPTH;

export interface LeafTables {
  readonly tables: CircuitStruct;
  readonly row: RowOf;
}

/** Rows of values: updated, fresh, read, absent, each from where the profile puts it. */
export function rowsOf(plan: LeafPlan, profile: Profile, keyAt: (index: number) => bigint): RowOf {
  const rows = new Map<bigint, number>();
  const freshStart = profile.updatedLeaves;
  const readStart = freshStart + profile.freshLeaves;
  const absentStart = readStart + profile.readLeaves;
  for (const [i, index] of plan.updated.entries()) rows.set(keyAt(index), i);
  for (const [i, { key }] of plan.fresh.entries()) rows.set(key, freshStart + i);
  for (const [i, index] of plan.read.entries()) rows.set(keyAt(index), readStart + i);
  for (const [i, { key }] of plan.absent.entries()) rows.set(key, absentStart + i);
  return (key) => {
    const row = rows.get(key);
    assert(row !== undefined, 'a step reads a key that no leaf table holds');
    return row;
  };
}

/** Builds the tables and moves `tree` to the segment's end. `values` are those at the end; `saltOf` salts what changed in this batch. */
export function buildLeafTables(
  plan: LeafPlan,
  profile: Profile,
  tree: TreeFork,
  values: StateReader,
  saltOf: (index: number) => bigint,
): LeafTables {
  const row = rowsOf(plan, profile, (index) => tree.leaf(index).key);
  const nextIndex = tree.nextIndex;
  const subtreeRow = new Map(plan.subtrees.map((position, i) => [position, i]));
  const roots = plan.subtrees.map((position) => tree.node(SUBTREE_DEPTH, position));
  const existing = (index: number): CircuitStruct => {
    const leaf = tree.leaf(index);
    return {
      key: leaf.key,
      value: { hi: leaf.hi, lo: leaf.lo },
      next: leaf.nextKey,
      salt: leaf.salt,
      subtree: subtreeRow.get(subtreeOf(index))!,
      index: BigInt(indexInSubtree(index)),
      siblings: tree.siblings(index).slice(0, SUBTREE_DEPTH),
    };
  };
  const read = plan.read.map(existing);
  const next = linkFresh(plan, tree);

  // In ascending order of index: what a subtree's upper path sees is the subtrees before it updated and those behind it not.
  const updated: CircuitStruct[] = [];
  const upperSiblings = new Map<number, bigint[]>();
  const noteSubtrees = (upTo: number) => {
    for (const position of plan.subtrees) {
      if (position > upTo || upperSiblings.has(position)) continue;
      upperSiblings.set(position, tree.siblings(position * 2 ** SUBTREE_DEPTH).slice(SUBTREE_DEPTH));
    }
  };
  for (const index of plan.updated) {
    noteSubtrees(subtreeOf(index));
    updated.push(existing(index));
    const leaf = tree.leaf(index);
    const { hi, lo } = values.get(leaf.key);
    tree.setLeaf(index, { key: leaf.key, hi, lo, nextKey: next.get(leaf.key) ?? leaf.nextKey, salt: saltOf(index) });
  }
  noteSubtrees(Number.POSITIVE_INFINITY);
  const frontier = Array.from({ length: TREE_DEPTH }, (_, level) => {
    const position = Math.floor(nextIndex / 2 ** level);
    return position % 2 === 1 ? tree.node(level, position - 1) : 0n;
  });
  plan.fresh.forEach(({ key }, i) => {
    const leaf: Leaf = { key, ...values.get(key), nextKey: next.get(key)!, salt: saltOf(nextIndex + i) };
    tree.setLeaf(nextIndex + i, leaf);
  });

  const subtrees = plan.subtrees.map((position, i) => ({
    position: BigInt(position),
    root: roots[i]!,
    siblings: upperSiblings.get(position)!,
  }));
  const emptyLeaf: CircuitStruct = {
    key: 0n,
    value: ZERO,
    next: 0n,
    salt: 0n,
    subtree: 0,
    index: 0n,
    siblings: EMPTY.slice(0, SUBTREE_DEPTH),
  };
  const emptySubtree = { position: 0n, root: 0n, siblings: EMPTY.slice(0, UPPER_DEPTH) };
  const newKey = { key: 0n, predecessor: 0 };
  const tables: CircuitStruct = {
    subtrees: padded(subtrees, profile.subtrees, emptySubtree),
    subtrees_used: subtrees.length,
    updated: padded(updated, profile.updatedLeaves, emptyLeaf),
    new_salts: padded(plan.updated.map(saltOf), profile.updatedLeaves, 0n),
    updated_used: updated.length,
    read: padded(read, profile.readLeaves, emptyLeaf),
    read_used: read.length,
    fresh: padded(
      plan.fresh.map(({ key, predecessor }, i) => ({
        key,
        salt: saltOf(nextIndex + i),
        predecessor: row(predecessor),
      })),
      profile.freshLeaves,
      { ...newKey, salt: 0n },
    ),
    fresh_used: plan.fresh.length,
    absent: padded(
      plan.absent.map(({ key, predecessor }) => ({ key, predecessor: row(predecessor) })),
      profile.absentKeys,
      newKey,
    ),
    absent_used: plan.absent.length,
    order: orderOf(plan, profile),
    frontier,
  };
  return { tables, row };
}

/** `next` of every key whose pointer the insertions change. */
function linkFresh(plan: LeafPlan, tree: TreeFork): Map<bigint, bigint> {
  const next = new Map<bigint, bigint>();
  const nextOf = (key: bigint) => next.get(key) ?? tree.leaf(tree.indexOf(key)!).nextKey;
  for (const { key, predecessor } of plan.fresh) {
    next.set(key, nextOf(predecessor));
    next.set(predecessor, key);
  }
  return next;
}

/** Rows of `updated ++ read` by ascending index, padding rows behind in their own order. */
function orderOf(plan: LeafPlan, profile: Profile): number[] {
  const rows = [
    ...plan.updated.map((index, i) => ({ index, row: i })),
    ...plan.read.map((index, i) => ({ index, row: profile.updatedLeaves + i })),
  ].sort((a, b) => a.index - b.index);
  const used = new Set(rows.map(({ row }) => row));
  const all = zeros(profile.updatedLeaves + profile.readLeaves).map((_, row) => row);
  return [...rows.map(({ row }) => row), ...all.filter((row) => !used.has(row))];
}
