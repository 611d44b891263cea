/** One full segment of profile M, by itself: what each part of making its proof takes, and what the prover holds meanwhile. */

import { createWitnessSource } from '../../../src/node/witness-source.ts';
import { solveWitness } from '../../../src/prover/backend/solve-witness.ts';
import { backendLimitsDefault, openBackend, openPreparedString } from '../../../src/prover/keys/open-backend.ts';
import { prepareKeys } from '../../../src/prover/keys/prepare-keys.ts';
import { randomField } from '../../../src/prover/recursion/create-prover.ts';
import { createRecursionInputs } from '../../../src/prover/recursion/recursion-inputs.ts';
import type { BenchNode } from './bench-node.ts';
import { meterProvers } from './prover-meter.ts';

export interface SegmentFigures {
  /** Executing the batch again and building the witnesses of all its leaves. */
  readonly witnessSeconds: number;
  readonly solveSeconds: number;
  /** The proof and its check. */
  readonly proveSeconds: number;
  readonly proverCpuSeconds: number;
  readonly proverMemoryMb: number;
}

/** `node` is not running: nothing else is proven meanwhile. */
export async function measureSegment(node: BenchNode, batch: bigint): Promise<SegmentFigures> {
  const { pipeline, keys: nodeKeys, policies, folders } = node;
  const settings = { cacheDirectory: folders.prover, limits: backendLimitsDefault, slots: 1 };
  const keys = await prepareKeys(settings, () => undefined);
  const backend = openBackend(settings, await openPreparedString(settings));
  const circuit = keys.circuits.find(({ name }) => name === 'segment_m');
  if (circuit === undefined) throw new Error('the key set has no segment_m');

  const source = createWitnessSource({ pipeline, policies: policies.book, keys: nodeKeys });
  const [leaves, witnessSeconds] = await timed(async () => {
    await source.leavesOf(batch);
    return source.witnessOf(batch, 0);
  });
  if (leaves.circuit !== 'segment_m') throw new Error(`the first segment is of ${leaves.circuit}`);
  const inputs = { ...leaves.inputs, ...createRecursionInputs(keys, randomField).vkRoot };
  const [solved, solveSeconds] = await timed(() => solveWitness(circuit.file, inputs));
  const provers = meterProvers();
  const [, proveSeconds] = await timed(() => backend.prove(circuit.file, solved, 'inner'));
  provers.close();
  return {
    ...{ witnessSeconds, solveSeconds, proveSeconds },
    proverCpuSeconds: Math.round(provers.cpuSeconds()['segment_m'] ?? 0),
    proverMemoryMb: Math.round(provers.bytesMax / 2 ** 20),
  };
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  const result = await work();
  return [result, Math.round((performance.now() - started) / 100) / 10];
}
