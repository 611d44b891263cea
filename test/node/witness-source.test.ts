/** The witnesses that a thread builds are those that this thread would build; it can be stopped, and its errors keep their codes. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSalts } from '../../src/chain/salts.ts';
import type { BatchFacts } from '../../src/node/batch-facts.ts';
import { openPolicies } from '../../src/node/policies.ts';
import { buildLeaves } from '../../src/node/witness/build-leaves.ts';
import { createWitnessSource, type WitnessSourceDeps } from '../../src/node/witness-source.ts';
import type { LeafWitness } from '../../src/prover/port.ts';
import type { BatchItem } from '../../src/prover/witness/port.ts';
import { createRandom } from '../state/random.ts';
import { configIn, found, type Life, openLife } from './node-life.ts';
import { randomAct, randomDeposit } from './random-chain.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-witness-'));
const config = configIn(folder);
const random = createRandom();
let life: Life;
let policies: ReturnType<typeof openPolicies>;

beforeAll(async () => {
  await found(config);
  const operations = [randomDeposit(random, 0n), randomDeposit(random, 1n)];
  life = await openLife(config, { operations });
  policies = openPolicies(config, life.keys.policySalt);
  for (let batch = 0; batch < 3; batch++) {
    if (life.pipeline.sequencer.openBatch === undefined) await life.open();
    for (let acts = 0; acts < 8; acts++) await randomAct(life, random, { hashes: [] }, []);
    if (life.pipeline.sequencer.openBatch !== undefined) await life.close();
  }
  expect(life.failures).toEqual([]);
});
afterAll(async () => {
  await life?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sourceWith = (pipeline: Partial<WitnessSourceDeps['pipeline']> = {}) => {
  const { facts, freshDigestAfter, book, index, tree } = life.pipeline;
  const whole = { facts, freshDigestAfter, book, index, tree, ...pipeline };
  return createWitnessSource({ pipeline: whole, policies: policies.book, keys: life.keys });
};

/** As the node did before: everything in this thread. */
async function buildHere(number: bigint): Promise<LeafWitness[]> {
  const { pipeline, keys } = life;
  const batch: BatchFacts = await pipeline.facts(number);
  const { stored, records } = (await pipeline.book.get(number))!;
  const items: BatchItem[] = [{ kind: 'begin', policyRoot: batch.policyRoot, slot: batch.slot }];
  for (let block = batch.firstBlock; block <= batch.lastBlock; block++) {
    const { timestamp, items: found } = (await pipeline.index.block(block))!;
    if (block > batch.firstBlock) items.push({ kind: 'open', timestamp });
    for (const item of found) {
      if (item.kind === 'operation') items.push({ kind: 'operation', operation: item.operation });
      else items.push({ kind: 'transaction', transaction: item.transaction });
    }
  }
  const before = await pipeline.freshDigestAfter(number - 1n);
  const { book } = policies;
  return buildLeaves(
    {
      number,
      items,
      touched: batch.touched,
      ...records,
      ...stored,
      start: { ...before, ring: batch.ring, context: batch.context },
    },
    {
      policy: book.policy(batch.policyRoot)!,
      execution: book.executor(batch.policyRoot)!,
      salts: createSalts(keys.saltKey),
      random: () => 5n,
      listWitness: (list, root, account) => book.lists.witness(list, root, account),
      viewBefore: (wanted) => pipeline.tree.view(number - 1n, wanted),
    },
  );
}

/** A leaf as text without its entropy, which is given to `onEntropy`. */
const withoutEntropy = ({ inputs, ...leaf }: LeafWitness, onEntropy: (value: unknown) => void): unknown => {
  const text = JSON.stringify(inputs, (name, value: unknown) => (name === 'entropy' ? void onEntropy(value) : value));
  return { ...leaf, inputs: JSON.parse(text) as unknown };
};

describe('witnesses from a thread', () => {
  it('are those built here, entropy aside, which is fresh', async () => {
    const source = sourceWith();
    const seen: unknown[] = [];
    for (let number = 1n; number <= 3n; number++) {
      const here = await buildHere(number);
      const leaves = await source.leavesOf(number);
      expect(leaves.map(({ circuit }) => circuit)).toEqual(here.map(({ circuit }) => circuit));
      for (const [i, leaf] of here.entries()) {
        const there = await source.witnessOf(number, i);
        const found = withoutEntropy(there, (value) => seen.push(value));
        expect(found, `seed ${random.seed}, batch ${number}, leaf ${i}`).toEqual(
          withoutEntropy(leaf, (value) => expect(value).toBe('0x5')),
        );
      }
    }
    expect(seen.length).toBeGreaterThanOrEqual(6);
    for (const entropy of seen) expect(entropy).toMatch(/^0x[0-9a-f]{50,64}$/);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('are built once for all who ask at the same time', async () => {
    let built = 0;
    const source = sourceWith({
      facts(batch) {
        built += 1;
        return life.pipeline.facts(batch);
      },
    });
    const [a, b] = await Promise.all([source.witnessOf(1n, 0), source.witnessOf(1n, 0)]);
    expect(a).toEqual(b);
    expect(built).toBe(1);
  });
});

describe('a batch that was executed again', () => {
  it('is built again, whatever was built under its number', async () => {
    let commitment = 1n;
    const get = async (number: bigint) => {
      const booked = (await life.pipeline.book.get(number))!;
      return commitment === 1n ? booked : { ...booked, stored: { ...booked.stored, commitment } };
    };
    const source = sourceWith({ book: { get } as never });
    expect(await source.leavesOf(2n)).not.toHaveLength(0);
    commitment = 2n;
    await expect(source.leavesOf(2n)).rejects.toThrow('witnessed as it was sealed');
  });
});

describe('a build', () => {
  it('that needs more memory than it is given ends with a code, and the process goes on', async () => {
    const { facts, freshDigestAfter, book, index, tree } = life.pipeline;
    const pipeline = { facts, freshDigestAfter, book, index, tree };
    const source = createWitnessSource({ pipeline, policies: policies.book, keys: life.keys, heapMbMax: 8 });
    await expect(source.leavesOf(2n)).rejects.toMatchObject({ code: 'NODE_WITNESS_MEMORY' });
  });

  it('ends when nobody waits any more, and goes on while somebody does', async () => {
    let captures = 0;
    const tree = {
      ...life.pipeline.tree,
      capture: (batch: bigint, keys: readonly bigint[]) => {
        captures += 1;
        return life.pipeline.tree.capture(batch, keys);
      },
    };
    const source = sourceWith({ tree });
    const first = new AbortController();
    const second = new AbortController();
    const waiting = [source.leavesOf(2n, first.signal), source.leavesOf(2n, second.signal)];
    first.abort(new Error('first gives up'));
    await expect(waiting[0]).rejects.toThrow('first gives up');
    expect(await waiting[1]).not.toHaveLength(0);

    const other = sourceWith({ tree });
    captures = 0;
    const third = new AbortController();
    const alone = other.leavesOf(2n, third.signal);
    third.abort(new Error('nobody is left'));
    await expect(alone).rejects.toThrow('nobody is left');
    expect(captures).toBe(0);
    await expect(other.leavesOf(2n, third.signal)).rejects.toThrow('nobody is left');
    expect(await other.leavesOf(2n)).not.toHaveLength(0);
  });

  it.each<[string, () => Partial<WitnessSourceDeps['pipeline']>, string | RegExp]>([
    [
      'history that leads elsewhere',
      () => ({
        tree: {
          ...life.pipeline.tree,
          capture: async (batch, keys) => ({ ...(await life.pipeline.tree.capture(batch, keys)), root: 5n }),
        },
      }),
      'STATE_RECORD_INVALID',
    ],
    [
      'history that is gone',
      () => ({
        tree: { ...life.pipeline.tree, capture: (_, keys) => life.pipeline.tree.capture(99n, keys) },
      }),
      'STATE_TREE_REFUSED',
    ],
    [
      'a block that is gone',
      () => ({ index: { encodedBlock: async () => undefined } as never }),
      'NODE_STATE_MISMATCH',
    ],
    [
      'another commitment',
      () => ({
        book: {
          get: async (number: bigint) => {
            const booked = (await life.pipeline.book.get(number))!;
            return { ...booked, stored: { ...booked.stored, commitment: 1n } };
          },
        } as never,
      }),
      /witnessed as it was sealed/,
    ],
    [
      'a policy that this node does not have',
      () => ({ facts: async (number) => ({ ...(await life.pipeline.facts(number)), policyRoot: 7n }) }),
      /policy of a sealed batch is known/,
    ],
  ])('on %s ends with its error, and another try can be made', async (_what, change, error) => {
    const broken = change();
    const failing = sourceWith(broken).leavesOf(2n);
    if (typeof error === 'string') await expect(failing).rejects.toMatchObject({ code: error });
    else await expect(failing).rejects.toThrow(error);
    expect(await sourceWith().leavesOf(2n)).not.toHaveLength(0);
  });
});
