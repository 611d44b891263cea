/** From what is kept of a sealed batch to the witnesses of its proof: a second execution, which must come to the sealed commitment. */

import { assert } from '../../base/assert.ts';
import type { LeafWitness } from '../../prover/port.ts';
import { buildBatchWitness, traceForWitness } from '../../prover/witness/batch-witness.ts';
import { encodeInputs } from '../../prover/witness/circuit-value.ts';
import type { BatchItem, BatchStart, CircuitWitness, WitnessDeps } from '../../prover/witness/port.ts';
import { SEAL_KEYS } from '../../prover/witness/seal-witness.ts';
import type { TreeView } from '../../state/port.ts';

export interface SealedBatch {
  readonly number: bigint;
  readonly start: BatchStart;
  readonly items: readonly BatchItem[];
  /** Tree keys that executing it looks at. */
  readonly touched: Iterable<bigint>;
  readonly auditRoot: bigint;
  readonly denialRoot: bigint;
  readonly dataHash: bigint;
  readonly commitment: bigint;
}

/** `viewBefore` gives the tree before the batch, as far as the keys reach. */
export async function buildLeaves(
  { number, start, items, touched, auditRoot, denialRoot, dataHash, commitment }: SealedBatch,
  deps: WitnessDeps & { viewBefore(keys: readonly bigint[]): Promise<TreeView> },
): Promise<LeafWitness[]> {
  const before = await deps.viewBefore([...new Set([...touched, ...SEAL_KEYS])]);
  const traced = traceForWitness(start, items, before, deps);
  const view = await deps.viewBefore(traced.keys);
  const { segments, seal } = buildBatchWitness(traced, view, { auditRoot, denialRoot, dataHash }, deps);
  assert(seal.commitment === commitment, `batch ${number} is witnessed as it was sealed`);
  return [...segments, seal.witness].map(leafOf);
}

const leafOf = ({ circuit, digestBefore, digestAfter, inputs }: CircuitWitness): LeafWitness => ({
  circuit,
  before: digestBefore,
  after: digestAfter,
  inputs: encodeInputs(inputs),
});
