/** Twenty ways to feed merge and wrap a lie that only proving can find out. Each is proven without any of the prover's own checks. */

import { solveWitness } from '../../../src/prover/backend/solve-witness.ts';
import type { FreshDigest, InnerProof } from '../../../src/prover/port.ts';
import { verifyWrap } from '../../../src/prover/recursion/verify-wrap.ts';
import { withWitness } from '../witness-map.ts';
import { proveUnchecked, type Recursion, withElement, withFalseOpening, withInput } from './recursion.ts';

export interface Mutant {
  readonly name: string;
  /** What the wrap that comes out of it is to be refused for; throws `NoProof` when the binary makes none. */
  run(r: Recursion): Promise<MutantResult>;
}

export interface MutantResult {
  /** By the binary's warning, by the check after proving, or by making no proof at all. */
  readonly refusedBy: 'warning' | 'check' | 'no proof' | 'nothing';
  readonly l1Accepts: boolean;
}

type Change = (child: InnerProof) => InnerProof;
type Inputs = ReturnType<Recursion['inputs']['merge']>;

const increment = (element: bigint) => element + 1n;
const elements: Readonly<Record<string, Change>> = {
  'false opening': withFalseOpening,
  'another evaluation': (child) => withElement(child, 260, increment),
  'another sumcheck round': (child) => withElement(child, 100, increment),
  'another commitment': (child) =>
    withElement(
      withElement(
        withElement(
          withElement(child, 8, () => 1n),
          9,
          () => 0n,
        ),
        10,
        () => 2n,
      ),
      11,
      () => 0n,
    ),
  'invented pairing points': (child) =>
    [1n, 0n, 2n, 0n, 1n, 0n, 2n, 0n].reduce((proof, value, i) => withElement(proof, i, () => value), child),
};

const digestsOf = (r: Recursion): readonly [FreshDigest, FreshDigest, FreshDigest] => r.digests;

async function leaves(r: Recursion): Promise<[InnerProof, InnerProof]> {
  const [a, b, c] = digestsOf(r);
  return [await r.leaf('segment_xs', a, b), await r.leaf('seal', b, c)];
}

/** Collects what refused on the way; the last word is L1's. */
class Attempt {
  refusedBy: MutantResult['refusedBy'] = 'nothing';
  readonly #r: Recursion;

  constructor(r: Recursion) {
    this.#r = r;
  }

  async merge(inputs: Inputs, zk: boolean, changes?: ReadonlyMap<number, bigint>): Promise<InnerProof> {
    const file = this.#r.keys.circuits.find(({ name }) => name === 'merge')!.file;
    const made = await this.#prove(file, inputs, zk ? 'inner-zk' : 'inner', changes);
    const [before, after] = made.publicInputs as [bigint, bigint];
    return { circuit: 'merge', zk, before, after, proof: made.proof };
  }

  async wrap(inputs: Inputs, changes?: ReadonlyMap<number, bigint>): Promise<MutantResult> {
    const made = await this.#prove(this.#r.keys.wrap.file, inputs, 'wrap', changes);
    const { valid } = await verifyWrap(made, this.#r.keys.verifierBytecode);
    return { refusedBy: this.refusedBy, l1Accepts: valid };
  }

  async #prove(
    file: Recursion['keys']['wrap']['file'],
    inputs: Inputs,
    flavour: 'inner' | 'inner-zk' | 'wrap',
    changes: ReadonlyMap<number, bigint> = new Map(),
  ) {
    const { backend } = this.#r;
    const witness = withWitness(await solveWitness(file, inputs), changes);
    const made = await proveUnchecked(backend, file, witness, flavour);
    const checked = await backend.verify(await backend.writeKey(file, flavour), made, flavour).then(
      () => true,
      () => false,
    );
    if (this.refusedBy === 'nothing') this.refusedBy = made.warned ? 'warning' : checked ? 'nothing' : 'check';
    return made;
  }
}

const mutant = (name: string, attempt: (r: Recursion, a: Attempt) => Promise<MutantResult>): Mutant => ({
  name,
  async run(r) {
    try {
      return await attempt(r, new Attempt(r));
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('the binary makes no proof')) {
        return { refusedBy: 'no proof', l1Accepts: false };
      }
      throw error;
    }
  },
});

async function wrapMerged(r: Recursion, a: Attempt, merged: InnerProof): Promise<MutantResult> {
  const [first, , last] = digestsOf(r);
  return a.wrap(r.inputs.wrap(merged, first, last));
}

const inMerge = (side: 'left' | 'right', what: string) =>
  mutant(`merge: ${side} proof with ${what}`, async (r, a) => {
    const [left, right] = await leaves(r);
    const change = elements[what]!;
    const inputs = side === 'left' ? r.inputs.merge(change(left), right) : r.inputs.merge(left, change(right));
    return wrapMerged(r, a, await a.merge(inputs, true));
  });

const twoDeep = (what: string) =>
  mutant(`two merges deep: a proof with ${what}`, async (r, a) => {
    const [x, y, z] = digestsOf(r);
    const wrong = elements[what]!(await r.leaf('segment_xs', x, y));
    const lower = await a.merge(r.inputs.merge(wrong, await r.leaf('seal', y, z)), false);
    const upper = await a.merge(r.inputs.merge(lower, await r.leaf('seal', z, y)), true);
    return a.wrap(r.inputs.wrap(upper, x, y));
  });

const inWrap = (what: string) =>
  mutant(`wrap: proof with ${what}`, async (r, a) => {
    const [first, , last] = digestsOf(r);
    return a.wrap(r.inputs.wrap(elements[what]!(await r.leaf('seal', first, last, true)), first, last));
  });

/** Witness 0, 1, 2 are the three public inputs of a merge, 0 to 3 the four of a wrap. */
const inMergeWitness = (name: string, changes: (left: InnerProof, right: InnerProof) => Map<number, bigint>) =>
  mutant(`merge: ${name}`, async (r, a) => {
    const [left, right] = await leaves(r);
    const merged = await a.merge(r.inputs.merge(left, right), true, changes(left, right));
    const [first, , last] = digestsOf(r);
    // Wrapped under the digests it should have had: those it claims are nobody's.
    return a.wrap(r.inputs.wrap({ ...merged, before: left.before, after: right.after }, first, last));
  });

const inWrapWitness = (name: string, changes: ReadonlyMap<number, bigint>) =>
  mutant(`wrap: ${name}`, async (r, a) => {
    const [first, , last] = digestsOf(r);
    return a.wrap(r.inputs.wrap(await r.leaf('seal', first, last, true), first, last), changes);
  });

export const MUTANTS: readonly Mutant[] = [
  inMerge('left', 'false opening'),
  inMerge('right', 'false opening'),
  inMerge('left', 'another evaluation'),
  inMerge('right', 'another sumcheck round'),
  inMerge('left', 'another commitment'),
  inMerge('right', 'invented pairing points'),
  mutant('merge: a true proof of a foreign circuit, its key under the hash of ours', async (r, a) => {
    const [x, y, z] = digestsOf(r);
    const { child, key } = await r.forgery(x, y, false);
    const inputs = withInput(r.inputs.merge(child, await r.leaf('seal', y, z)), 'left.key.fields', key);
    return wrapMerged(r, a, await a.merge(inputs, true));
  }),
  mutant('merge: the pairing points of a merge below left out', async (r, a) => {
    const [x, y, z] = digestsOf(r);
    const lower = await a.merge(r.inputs.merge(await r.leaf('segment_xs', x, y), await r.leaf('seal', y, z)), false);
    const bare = Array.from({ length: 8 }).reduce<InnerProof>((proof, _, i) => withElement(proof, i, () => 0n), lower);
    const upper = await a.merge(r.inputs.merge(bare, await r.leaf('seal', z, y)), true);
    return a.wrap(r.inputs.wrap(upper, x, y));
  }),
  inMergeWitness(
    'digests in the other order',
    (left, right) =>
      new Map([
        [0, right.after],
        [1, left.before],
      ]),
  ),
  inMergeWitness('another start', () => new Map([[0, 5n]])),
  inMergeWitness('another vkRoot', () => new Map([[2, 5n]])),
  twoDeep('false opening'),
  twoDeep('another evaluation'),
  inWrap('false opening'),
  inWrap('another evaluation'),
  inWrap('another commitment'),
  inWrap('invented pairing points'),
  mutant('wrap: a true proof of a foreign circuit, its key under the hash of ours', async (r, a) => {
    const [first, , last] = digestsOf(r);
    const { child, key } = await r.forgery(first, last, true);
    return a.wrap(withInput(r.inputs.wrap(child, first, last), 'range.key.fields', key));
  }),
  inWrapWitness('another sealedBefore', new Map([[0, 5n]])),
  inWrapWitness('another sealedAfter', new Map([[3, 5n]])),
];

/** The positive control: the same way with nothing changed. */
export const UNCHANGED: Mutant = mutant('unchanged', async (r, a) => {
  const [left, right] = await leaves(r);
  return wrapMerged(r, a, await a.merge(r.inputs.merge(left, right), true));
});
