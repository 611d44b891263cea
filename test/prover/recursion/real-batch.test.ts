/** One real batch under the committed keys: segment, seal, merge and wrap, accepted by the bytecode that is deployed on L1 (G1). */

import { expect, test } from 'vitest';
import { prepareProver } from '../../../src/prover/recursion/prepare-prover.ts';
import { encodeInputs } from '../../../src/prover/witness/circuit-value.ts';
import type { CircuitWitness } from '../../../src/prover/witness/port.ts';
import { buildScenario } from '../../circuits/support/scenarios.ts';
import { witnessOf } from '../../circuits/support/world.ts';
import { proverSettings } from '../prover-cache.ts';

const minutes = 60_000;

const leafOf = ({ circuit, digestBefore, digestAfter, inputs }: CircuitWitness) => ({
  circuit,
  before: digestBefore,
  after: digestAfter,
  inputs: encodeInputs(inputs),
});

test(
  'a batch is proven from its first transaction to the proof that L1 accepts, and for no other roots',
  async () => {
    const prover = await prepareProver({ settings: proverSettings, progress: () => {} });
    const { world, items } = buildScenario('a transfer by a first-time signer');
    const { segments, seal } = witnessOf(world, items, ['xs']);
    expect(segments.length).toBe(1);

    const segment = await prover.proveSegment(leafOf(segments[0]!));
    const sealed = await prover.proveSeal(leafOf(seal.witness));
    const merged = await prover.proveMerge(segment, sealed, true);
    const first = { digest: world.start.digest, blind: world.start.blind };
    const last = { digest: seal.next.digest, blind: seal.next.blind };
    const proof = await prover.proveWrap(merged, first, last);

    expect(await prover.verifyWrap(proof)).toBe(true);
    const [, , hi, lo] = proof.publicInputs;
    expect([hi, lo]).toEqual([last.digest.sealedHi, last.digest.sealedLo]);
    expect(await prover.verifyWrap({ ...proof, publicInputs: proof.publicInputs.with(3, lo! ^ 1n) })).toBe(false);
  },
  20 * minutes,
);
