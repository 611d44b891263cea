/** The harness sees a missing constraint: with one assertion taken out, the mutants and attacks it stands against are accepted. */

import { describe, expect, it } from 'vitest';
import { CIRCUIT_SOURCES } from '../../src/prover/compile.ts';
import { replaceIn } from './support/mutants.ts';
import { createSolver } from './support/solve.ts';
import { sourceWith } from './support/source-with.ts';
import { begin, createWorld, ETHER, IDENTITIES, PEOPLE, transfer, witnessOf } from './support/world.ts';

async function weakened(file: string, constraint: string) {
  const overlay = await sourceWith(`lib/src/${file}`, constraint, '');
  return createSolver({ ...CIRCUIT_SOURCES.segment_xs, overlay });
}

describe('a circuit without one constraint', () => {
  it('accepts a leaf that is not in the tree, which the whole circuit rejects', async () => {
    const world = createWorld();
    const { segments } = witnessOf(world, [begin(world), transfer('alice', PEOPLE.bob.address, ETHER)], ['xs']);
    const mutant = replaceIn(segments[0]!.inputs, 'segment.leaves.read.0.siblings.7', 1n);
    const whole = await createSolver('segment_xs');
    const weak = await weakened(
      'leaves.nr',
      'assert(root == select(enabled, roots[row.subtree], ZEROS[SUBTREE_DEPTH]), "read: leaf path");',
    );
    expect(await whole.solve(segments[0]!.inputs)).toEqual({ accepted: true });
    expect(await whole.solve(mutant)).toMatchObject({ accepted: false });
    expect(await weak.solve(mutant)).toEqual({ accepted: true });
  }, 120_000);

  it('accepts a signer without the role, whom the whole circuit rejects', async () => {
    const world = createWorld({
      identities: { alice: { roles: 0n, flags: 0n, expiry: 0n } },
      pretend: { identities: { alice: IDENTITIES.alice } },
    });
    const { segments } = witnessOf(world, [begin(world), transfer('alice', PEOPLE.bob.address, ETHER)], ['xs']);
    const whole = await createSolver('segment_xs');
    const weak = await weakened(
      'transaction.nr',
      'assert((mask == 0) | signer.holds(mask), "policy: the signer holds no role of the rule");',
    );
    expect(await whole.solve(segments[0]!.inputs)).toMatchObject({ accepted: false });
    expect(await weak.solve(segments[0]!.inputs)).toEqual({ accepted: true });
  }, 120_000);
});
