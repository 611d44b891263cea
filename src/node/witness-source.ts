/** Witnesses of sealed batches, built anew from the index and the tree's history whenever a proving job asks. */

import { assert } from '../base/assert.ts';
import type { Block } from '../chain/block.ts';
import { createSalts } from '../chain/salts.ts';
import type { LeafWitness, WitnessSource } from '../prover/port.ts';
import { randomField } from '../prover/recursion/create-prover.ts';
import { buildBatchWitness, traceForWitness } from '../prover/witness/batch-witness.ts';
import { encodeInputs } from '../prover/witness/circuit-value.ts';
import type { BatchItem, CircuitWitness, WitnessDeps } from '../prover/witness/port.ts';
import { SEAL_KEYS } from '../prover/witness/seal-witness.ts';
import type { BatchFacts } from './batch-facts.ts';
import type { NodeKeys } from './keys.ts';
import type { Pipeline } from './pipeline.ts';
import type { PolicyBook } from './policy-book.ts';

export interface WitnessSourceDeps {
  readonly pipeline: Pipeline;
  readonly policies: PolicyBook;
  readonly keys: Pick<NodeKeys, 'saltKey'>;
}

/** Batches whose witnesses stay in memory: jobs ask for one leaf of a batch after the other. */
const cachedBatchesMax = 2;

export function createWitnessSource({ pipeline, policies, keys }: WitnessSourceDeps): WitnessSource {
  const salts = createSalts(keys.saltKey);
  const cache = new Map<bigint, Promise<readonly LeafWitness[]>>();

  async function build(number: bigint): Promise<readonly LeafWitness[]> {
    const batch = await pipeline.facts(number);
    const booked = await pipeline.book.get(number);
    assert(booked !== undefined, `batch ${number} is in its table`);
    const deps = witnessDeps(batch);
    const { digest, blind } = await pipeline.freshDigestAfter(number - 1n);
    const start = { digest, blind, ring: batch.ring, context: batch.context };
    const before = await pipeline.tree.view(number - 1n, [...new Set([...batch.touched, ...SEAL_KEYS])]);
    const traced = traceForWitness(start, await itemsOf(batch), before, deps);
    const view = await pipeline.tree.view(number - 1n, traced.keys);
    const { auditRoot, denialRoot, dataHash } = booked.records;
    const { segments, seal } = buildBatchWitness(traced, view, { auditRoot, denialRoot, dataHash }, deps);
    assert(seal.commitment === booked.stored.commitment, `batch ${number} is witnessed as it was sealed`);
    return [...segments, seal.witness].map(leafOf);
  }

  function witnessDeps(batch: BatchFacts): WitnessDeps {
    const policy = policies.policy(batch.policyRoot);
    const execution = policies.executor(batch.policyRoot);
    assert(policy !== undefined && execution !== undefined, 'the policy of a sealed batch is known');
    return {
      execution,
      policy,
      salts,
      random: randomField,
      listWitness: (list, root, account) => policies.lists.witness(list, root, account),
    };
  }

  async function itemsOf(batch: BatchFacts): Promise<BatchItem[]> {
    const items: BatchItem[] = [{ kind: 'begin', policyRoot: batch.policyRoot, slot: batch.slot }];
    for (let number = batch.firstBlock; number <= batch.lastBlock; number++) {
      const block = await pipeline.index.block(number);
      assert(block !== undefined, `block ${number} is in the index`);
      if (number > batch.firstBlock) items.push({ kind: 'open', timestamp: block.timestamp });
      items.push(...blockItems(block));
    }
    return items;
  }

  const leavesOf = (batch: bigint): Promise<readonly LeafWitness[]> => {
    const known = cache.get(batch);
    if (known !== undefined) return known;
    const built = build(batch);
    built.catch(() => cache.delete(batch));
    cache.set(batch, built);
    for (const number of cache.keys()) if (cache.size > cachedBatchesMax) cache.delete(number);
    return built;
  };

  return {
    leavesOf,
    async witnessOf(batch, index) {
      const witness = (await leavesOf(batch))[index];
      assert(witness !== undefined, `batch ${batch} has a leaf ${index}`);
      return witness;
    },
    freshDigestAfter: (batch) => pipeline.freshDigestAfter(batch),
  };
}

const blockItems = ({ items }: Block): BatchItem[] =>
  items.map((item) =>
    item.kind === 'operation'
      ? { kind: 'operation', operation: item.operation }
      : { kind: 'transaction', transaction: item.transaction },
  );

const leafOf = ({ circuit, digestBefore, digestAfter, inputs }: CircuitWitness): LeafWitness => ({
  circuit,
  before: digestBefore,
  after: digestAfter,
  inputs: encodeInputs(inputs),
});
