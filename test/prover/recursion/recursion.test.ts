/**
 * Real recursion, minutes of it: two proofs, a merge that hides its witness, a wrap, and the bytecode that L1 runs. What the solver refuses at
 * once is tried in bulk; what only proving can find out is tried on wrap, whose circuit is half as large (`npm run test:recursion` does 20,
 * on merges too). Guarantee G1.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { hashDigest } from '../../../src/chain/digest.ts';
import { buildMerkleTree } from '../../../src/chain/merkle.ts';
import { toCircuitFile } from '../../../src/prover/backend/circuit-file.ts';
import { pairingHolds, readPairingPoints } from '../../../src/prover/backend/pairing-points.ts';
import { solveWitness } from '../../../src/prover/backend/solve-witness.ts';
import { CIRCUIT_SOURCES, CIRCUITS_FOLDER, compileCircuit } from '../../../src/prover/compile.ts';
import type { InnerProof, WrapProof } from '../../../src/prover/port.ts';
import { fieldInput } from '../../../src/prover/recursion/noir-inputs.ts';
import { verifyWrap } from '../../../src/prover/recursion/verify-wrap.ts';
import { freshDigest } from '../fresh-digests.ts';
import { cacheDirectory } from '../prover-cache.ts';
import { withWitness } from '../witness-map.ts';
import {
  openRecursion,
  proveUnchecked,
  type Recursion,
  withElement,
  withFalseOpening,
  withInput,
} from './recursion.ts';

const minutes = 60_000;
let r: Recursion;
let left: InnerProof;
let right: InnerProof;
/** A leaf that hides its witness: wrap takes it as it takes a merge, since any key under vkRoot counts. */
let range: InnerProof;

beforeAll(async () => {
  r = await openRecursion();
  const [a, b, c] = r.digests;
  left = await r.leaf('segment_xs', a, b);
  right = await r.leaf('seal', b, c);
  range = await r.leaf('seal', a, c, true);
}, 15 * minutes);

const accepted = async (proof: WrapProof) => (await verifyWrap(proof, r.keys.verifierBytecode)).valid;

describe('two proofs, merged and wrapped', () => {
  let merged: InnerProof;
  let wrapped: WrapProof;

  test(
    'are accepted by the verifier contract',
    async () => {
      const [a, , c] = r.digests;
      merged = await r.prover.proveMerge(left, right, true);
      expect(merged).toMatchObject({ circuit: 'merge', zk: true, before: left.before, after: right.after });
      wrapped = await r.prover.proveWrap(merged, a, c);
      expect(await accepted(wrapped)).toBe(true);
      expect(wrapped.publicInputs).toEqual([
        a.digest.sealedHi,
        a.digest.sealedLo,
        c.digest.sealedHi,
        c.digest.sealedLo,
      ]);
    },
    15 * minutes,
  );

  test('carry pairing points that hold under our string alone', () => {
    const points = readPairingPoints(merged.proof)!;
    expect(pairingHolds(points, r.backend.string.g2)).toBe(true);
    expect(pairingHolds({ p0: points.p1, p1: points.p0 }, r.backend.string.g2)).toBe(false);
  });

  test('are not accepted for other roots, in another order, or with a byte changed', async () => {
    const [bh, bl, ah, al] = wrapped.publicInputs as [bigint, bigint, bigint, bigint];
    for (const publicInputs of [
      [ah, al, bh, bl],
      [bl, bh, ah, al],
      [bh, bl, ah, al + 1n],
      [0n, 0n, ah, al],
      [bh, bl],
    ]) {
      expect(await accepted({ ...wrapped, publicInputs })).toBe(false);
    }
    for (let at = 31; at < wrapped.proof.length; at += 32 * 20) {
      const proof = wrapped.proof.slice();
      proof[at]! ^= 1;
      expect(await accepted({ ...wrapped, proof }), `byte ${at}`).toBe(false);
    }
  });

  test('without their pairing points are not accepted', async () => {
    const proof = wrapped.proof.slice();
    proof.fill(0, 0, 8 * 32);
    expect(await accepted({ ...wrapped, proof })).toBe(false);
  });
});

describe('the prover refuses before it starts', () => {
  test('proofs that do not follow each other, or of the wrong kind', async () => {
    const [a, b, c] = r.digests;
    await expect(r.prover.proveMerge(right, left, false)).rejects.toThrow('RANGE_BROKEN');
    await expect(r.prover.proveMerge(left, range, false)).rejects.toThrow('RANGE_BROKEN');
    await expect(r.prover.proveMerge({ ...left, zk: true }, right, false)).rejects.toThrow('RANGE_BROKEN');
    await expect(r.prover.proveWrap(left, a, b)).rejects.toThrow('RANGE_BROKEN');
    await expect(r.prover.proveWrap(range, b, c)).rejects.toThrow('RANGE_BROKEN');
    await expect(r.prover.proveWrap(range, a, b)).rejects.toThrow('RANGE_BROKEN');
  });
});

describe('no witness of merge has', () => {
  const refuse = async (path: string, value: unknown, reason: RegExp) => {
    const inputs = withInput(r.inputs.merge(left, right), path, value);
    const merge = r.keys.circuits.find(({ name }) => name === 'merge')!.file;
    await expect(solveWitness(merge, inputs)).rejects.toThrow(reason);
  };

  test('the unchanged one is accepted', async () => {
    const merge = r.keys.circuits.find(({ name }) => name === 'merge')!.file;
    expect((await solveWitness(merge, r.inputs.merge(left, right))).length).toBeGreaterThan(0);
  });
  test('another start', () => refuse('digest_before', '0x1', /starts elsewhere/));
  test('another end', () => refuse('digest_after', '0x1', /ends elsewhere/));
  test('a gap in the middle', () => refuse('right.digest_before', '0x1', /does not follow/));
  test('a left proof that ends elsewhere', () => refuse('left.digest_after', '0x1', /does not follow/));
  test('another vkRoot', () => refuse('vk_root', '0x1', /not under vkRoot/));
  test('a key hash that is not there', () => refuse('left.key.hash', '0x1', /not under vkRoot/));
  test('a key of another kind', () => refuse('right.key.kind', '0x4', /not under vkRoot/));
  test('a key at another position', () =>
    refuse('right.key.position', [false, false, false, false], /not under vkRoot/));
  test('an empty position', () => refuse('left.key.siblings', Array(4).fill('0x0'), /not under vkRoot/));
});

test(
  "with the order of digests unchecked, a gap is accepted: the refusals above are the assertion's doing",
  async () => {
    const main = await readFile(join(CIRCUITS_FOLDER, 'merge/src/main.nr'), 'utf8');
    const weak = main.replace(/^ *assert\(left.digest_after == right.digest_before.*$/m, '');
    expect(weak.length).toBeLessThan(main.length);
    const source = { ...CIRCUIT_SOURCES.merge, overlay: { 'merge/src/main.nr': weak } };
    const { circuit } = await compileCircuit(source, { cacheFolder: cacheDirectory });
    const file = await toCircuitFile('weak-merge', circuit, cacheDirectory);
    const gap = withInput(r.inputs.merge(left, right), 'right.digest_before', '0x1');
    expect((await solveWitness(file, gap)).length).toBeGreaterThan(0);
  },
  minutes,
);

describe('no witness of wrap has', () => {
  const wrapInputs = () => r.inputs.wrap(range, r.digests[0], r.digests[2]);
  const refuse = (path: string, value: unknown, reason: RegExp) =>
    expect(solveWitness(r.keys.wrap.file, withInput(wrapInputs(), path, value))).rejects.toThrow(reason);

  test('the unchanged one is accepted', async () => {
    expect((await solveWitness(r.keys.wrap.file, wrapInputs())).length).toBeGreaterThan(0);
  });
  test.each(['sealed_before_hi', 'sealed_before_lo', 'sealed_after_hi', 'sealed_after_lo'])('another %s', (input) =>
    refuse(input, '0x7', /sealed (before|after), (high|low)/),
  );
  test.each(['first', 'last'])('another digest %s', (which) =>
    refuse(`${which}.batch_number`, '0x7', /another digest/),
  );
  // Else operations could be claimed on L1 that no batch has processed: nothing else ties the first roll of a range.
  test.each(['priority_hi', 'priority_lo'])(
    'a roll of operations that the state did not come from (%s)',
    async (field) => {
      await refuse(`first.${field}`, '0x7', /prev_state_root/);
      await refuse(`last.${field}`, '0x7', /prev_state_root/);
    },
  );
  test.each(['first', 'last'])('a state root of %s that is not its own', async (which) => {
    await refuse(`${which}.tree_root`, '0x7', /prev_state_root/);
    await refuse(`${which}_blind`, '0x7', /prev_state_root/);
  });
  test('a key hash outside vkRoot', () => refuse('range.key.hash', '0x1', /not under vkRoot/));
  test('a key set of its own', async () => {
    const [leaf] = [fieldInput(r.keys.circuits[0]!.key.hash)];
    const siblings = buildMerkleTree([BigInt(leaf)], 4)
      .siblings(0)
      .map(fieldInput);
    await refuse('range.key.siblings', siblings, /not under vkRoot/);
  });

  test.each([
    ['version', 2n],
    ['txCount', 1n],
    ['messagesLo', 1n],
    ['messagesHi', 1n],
    ['messageCount', 1n],
    ['policyRoot', 1n],
    ['slot', 1n],
    ['txIndex', 1n],
    ['cumulativeGas', 21_000n],
    ['logIndex', 1n],
    ['factsRoot', 1n],
    ['factsCount', 1n],
    ['factsPending', 1n],
    ['txFrontier', 1n],
    ['prevStateRoot', 1n],
  ] as const)('a digest in the middle of a batch (%s)', async (field, value) => {
    const stale = freshDigest(1n, { [field]: value });
    const moved = { ...range, before: hashDigest(stale.digest) };
    await expect(solveWitness(r.keys.wrap.file, r.inputs.wrap(moved, stale, r.digests[2]))).rejects.toThrow(/digest/);
    const late = { ...range, after: hashDigest(stale.digest) };
    await expect(solveWitness(r.keys.wrap.file, r.inputs.wrap(late, r.digests[0], stale))).rejects.toThrow(/digest/);
  });
});

describe('what only proving finds out', () => {
  const [first, last] = [0, 2] as const;
  const wrapOf = (child: InnerProof) => r.inputs.wrap(child, r.digests[first], r.digests[last]);

  /** Refused by the prover, and, proven all the same, by the bytecode on L1. */
  async function refuse(witness: Uint8Array, reason: RegExp): Promise<void> {
    const forged = await proveUnchecked(r.backend, r.keys.wrap.file, witness, 'wrap');
    expect(await accepted(forged)).toBe(false);
    const key = await r.backend.writeKey(r.keys.wrap.file, 'wrap');
    const refusal = forged.warned
      ? Promise.reject(new Error('WITNESS_UNSATISFIED'))
      : r.backend.verify(key, forged, 'wrap');
    await expect(refusal).rejects.toThrow(reason);
  }

  test(
    'an inner proof with a false opening: by its pairing points',
    async () => {
      await refuse(
        await solveWitness(r.keys.wrap.file, wrapOf(withFalseOpening(range))),
        /opens its commitments falsely/,
      );
    },
    5 * minutes,
  );

  test(
    'an inner proof with another evaluation',
    async () => {
      const wrong = withElement(range, 200, (element) => element + 1n);
      await refuse(await solveWitness(r.keys.wrap.file, wrapOf(wrong)), /WITNESS_UNSATISFIED/);
    },
    5 * minutes,
  );

  test(
    'a true proof of a foreign circuit, its key under the hash of ours',
    async () => {
      const { child, key } = await r.forgery(r.digests[first], r.digests[last], true);
      await refuse(
        await solveWitness(r.keys.wrap.file, withInput(wrapOf(child), 'range.key.fields', key)),
        /WITNESS_UNSATISFIED/,
      );
    },
    5 * minutes,
  );

  test(
    'a solved witness in which sealedAfter is another',
    async () => {
      const witness = await solveWitness(r.keys.wrap.file, wrapOf(range));
      await refuse(withWitness(witness, new Map([[3, 12_345n]])), /WITNESS_UNSATISFIED/);
    },
    5 * minutes,
  );
});
