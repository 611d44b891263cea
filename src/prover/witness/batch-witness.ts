/** A whole batch as witnesses: segments in order, then the seal. */

import type { BatchRecords } from '../../chain/commitment.ts';
import type { StateReader } from '../../execution/port.ts';
import type { TreeFork, TreeView } from '../../state/port.ts';
import { nextSegment } from './pack.ts';
import type { BatchItem, BatchStart, CircuitWitness, WitnessDeps } from './port.ts';
import type { ProfileName } from './profiles.ts';
import { buildSeal, SEAL_KEYS, type SealOutcome } from './seal-witness.ts';
import { buildSegment } from './segment-witness.ts';
import { traceBatch, type Unit } from './trace.ts';

export interface BatchWitness {
  readonly segments: readonly CircuitWitness[];
  readonly seal: SealOutcome;
  /** The tree after the batch. */
  readonly tree: TreeFork;
}

export interface TracedBatch {
  readonly start: BatchStart;
  readonly units: readonly Unit[];
  /** What a view of the tree must reach to build the witnesses. */
  readonly keys: readonly bigint[];
}

/** Executes the batch again. `state` gives values before it. */
export function traceForWitness(
  start: BatchStart,
  items: readonly BatchItem[],
  state: StateReader,
  deps: WitnessDeps,
): TracedBatch {
  const units = traceBatch(start, items, state, deps);
  const keys = new Set<bigint>(SEAL_KEYS);
  for (const { touched, changes } of units) {
    for (const key of touched) keys.add(key);
    for (const { key } of changes) keys.add(key);
  }
  return { start, units, keys: [...keys] };
}

/** `view` is the tree before the batch, reaching `traced.keys`. Throws WITNESS_CAPACITY naming the table that one item overflows. */
export function buildBatchWitness(
  traced: TracedBatch,
  view: TreeView,
  records: Omit<BatchRecords, 'txRoot' | 'batchSalt'>,
  deps: WitnessDeps,
  profiles?: readonly ProfileName[],
): BatchWitness {
  const tree = view.fork();
  const segments: CircuitWitness[] = [];
  for (let from = 0; from < traced.units.length; ) {
    const { end, profile, plan } = nextSegment(traced.units, from, tree, profiles);
    segments.push(buildSegment(traced.units.slice(from, end), profile, plan, traced.start, tree, deps));
    from = end;
  }
  return { segments, seal: buildSeal(traced.units.at(-1)!.after, tree, records, deps), tree };
}
