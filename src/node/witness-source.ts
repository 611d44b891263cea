/** Witnesses of sealed batches, built anew in a thread whenever a proving job asks, from the index, the batch's facts and the tree's history. */

import { assert } from '../base/assert.ts';
import type { LeafWitness, WitnessSource } from '../prover/port.ts';
import { PackedKeys } from '../state/packed-writes.ts';
import type { BookedBatch } from './batch-book.ts';
import type { NodeKeys } from './keys.ts';
import type { Pipeline } from './pipeline.ts';
import type { PolicyBook } from './policy-book.ts';
import type { PackedLeaf } from './witness/witness-messages.ts';
import { buildInThread } from './witness/witness-thread.ts';

export interface WitnessSourceDeps {
  readonly pipeline: Pick<Pipeline, 'facts' | 'freshDigestAfter' | 'book' | 'index' | 'tree'>;
  readonly policies: PolicyBook;
  readonly keys: Pick<NodeKeys, 'saltKey' | 'policySalt'>;
  /** Memory of the thread that builds, in megabytes. */
  readonly heapMbMax?: number;
}

/** Batches whose witnesses stay in memory, as JSON: jobs ask for one leaf of a batch after the other. */
const cachedBatchesMax = 2;
/** A thousand transfers take less than 100 MB there. A batch that needs more than this fails with a code and does not take the node with it. */
const heapMbMaxDefault = 2_048;

interface Building {
  readonly leaves: Promise<readonly PackedLeaf[]>;
  readonly stop: AbortController;
  isBuilt: boolean;
  waiting: number;
}

export function createWitnessSource({
  pipeline,
  policies,
  keys,
  heapMbMax = heapMbMaxDefault,
}: WitnessSourceDeps): WitnessSource {
  /** By commitment: a batch that was withdrawn and executed again is another one under the same number. */
  const cache = new Map<bigint, Building>();

  async function bookedOf(number: bigint): Promise<BookedBatch> {
    const booked = await pipeline.book.get(number);
    assert(booked !== undefined, `batch ${number} is in its table`);
    return booked;
  }

  async function build(booked: BookedBatch, signal: AbortSignal): Promise<readonly PackedLeaf[]> {
    const number = booked.stored.batchNumber;
    const batch = await pipeline.facts(number);
    const { auditRoot, denialRoot, dataHash } = booked.records;
    const before = await pipeline.freshDigestAfter(number - 1n);
    return buildInThread(
      {
        number,
        chainId: before.digest.chainId,
        slot: batch.slot,
        policyRoot: batch.policyRoot,
        before,
        ring: batch.ring.hashes,
        context: batch.context,
        touched: new PackedKeys(batch.touched).words,
        auditRoot,
        denialRoot,
        dataHash,
        commitment: booked.stored.commitment,
        texts: policies.texts,
        saltKey: keys.saltKey.reveal(),
        policySalt: keys.policySalt.reveal(),
        blocks: [batch.firstBlock, batch.lastBlock],
        heapMbMax,
      },
      pipeline,
      signal,
    );
  }

  function start(booked: BookedBatch): Building {
    const { commitment } = booked.stored;
    const stop = new AbortController();
    const building: Building = { leaves: build(booked, stop.signal), stop, isBuilt: false, waiting: 0 };
    const drop = () => {
      if (cache.get(commitment) === building) cache.delete(commitment);
    };
    building.leaves.then(() => {
      building.isBuilt = true;
    }, drop);
    stop.signal.addEventListener('abort', drop);
    cache.set(commitment, building);
    for (const [other, { isBuilt }] of cache)
      if (cache.size > cachedBatchesMax && isBuilt && other !== commitment) cache.delete(other);
    return building;
  }

  /** Whoever gives up leaves the others waiting; when nobody is left, the thread ends. */
  async function leavesOf(batch: bigint, signal?: AbortSignal): Promise<readonly PackedLeaf[]> {
    const booked = await bookedOf(batch);
    signal?.throwIfAborted();
    const building = cache.get(booked.stored.commitment) ?? start(booked);
    building.waiting += 1;
    const given = Promise.withResolvers<never>();
    const giveUp = () => given.reject(signal?.reason);
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([building.leaves, given.promise]);
    } finally {
      signal?.removeEventListener('abort', giveUp);
      building.waiting -= 1;
      if (building.waiting === 0 && !building.isBuilt) building.stop.abort(signal?.reason);
    }
  }

  return {
    leavesOf,
    async witnessOf(batch, index, signal) {
      const leaf = (await leavesOf(batch, signal))[index];
      assert(leaf !== undefined, `batch ${batch} has a leaf ${index}`);
      const { circuit, before, after, inputs } = leaf;
      return { circuit, before, after, inputs: JSON.parse(Buffer.from(inputs).toString()) as LeafWitness['inputs'] };
    },
    freshDigestAfter: (batch) => pipeline.freshDigestAfter(batch),
  };
}
