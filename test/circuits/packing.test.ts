/** Where a batch is cut into segments decides nothing but the cost: two packings give one root, and profile M proves too. */

import { beforeAll, describe, expect, it } from 'vitest';
import { PRIORITY_KIND } from '../../src/chain/constants.ts';
import { traceForWitness } from '../../src/prover/witness/batch-witness.ts';
import { planLeaves } from '../../src/prover/witness/leaf-plan.ts';
import { countRows, findOverflow, nextSegment } from '../../src/prover/witness/pack.ts';
import type { BatchItem } from '../../src/prover/witness/port.ts';
import { PROFILES, type Profile } from '../../src/prover/witness/profiles.ts';
import { TRANSACTION_ROWS } from '../../src/prover/witness/transaction-rows.ts';
import { operation } from './support/scenarios.ts';
import { createSolver, type Solver } from './support/solve.ts';
import {
  begin,
  call,
  createWorld,
  ETHER,
  PEOPLE,
  SLOT,
  SLOT_START,
  STRANGER,
  transfer,
  type World,
  witnessOf,
} from './support/world.ts';

const { alice, bob, carol } = PEOPLE;
const open = (offset: bigint): BatchItem => ({ kind: 'open', timestamp: SLOT_START + offset });

const ITEMS: readonly BatchItem[] = [
  operation(PRIORITY_KIND.DEPOSIT_ETH, STRANGER, 5n * ETHER),
  transfer('alice', bob.address, ETHER),
  transfer('alice', carol.address, ETHER, { nonce: 1n }),
  open(1n),
  transfer('cleo', STRANGER + 1n, ETHER),
  transfer('bob', alice.address, 2n * ETHER),
  open(1n),
  call('cleo', 0xa002n, { kind: 'freeze', subject: bob.address }, { nonce: 1n }),
  open(9n),
  transfer('cleo', STRANGER + 2n, 0n, { nonce: 2n }),
  transfer('cleo', STRANGER + 1n, 7n, { nonce: 3n }),
];

let medium: Solver;

beforeAll(async () => {
  medium = await createSolver('segment_m');
}, 600_000);

describe('packing', () => {
  it('gives one root however a batch is cut', () => {
    const small = createWorld();
    const large = createWorld();
    const cut = witnessOf(small, [begin(small), ...ITEMS], ['xs']);
    const whole = witnessOf(large, [begin(large), ...ITEMS]);
    expect(cut.segments.length).toBeGreaterThan(5);
    expect(whole.segments.map(({ circuit }) => circuit)).toEqual(['segment_m']);
    expect(cut.segments.at(-1)!.digestAfter).toBe(whole.segments[0]!.digestAfter);
    expect(cut.seal.stateRoot).toBe(whole.seal.stateRoot);
    expect(cut.seal.commitment).toBe(whole.seal.commitment);
  });

  it('fills a segment of profile M that solves', async () => {
    const world = createWorld();
    const { segments } = witnessOf(world, [begin(world), ...ITEMS]);
    expect(await medium.solve(segments[0]!.inputs)).toEqual({ accepted: true });
  }, 120_000);

  it('carries 32 records into the upper tree in the middle of a segment', async () => {
    const world = createWorld();
    const items = Array.from({ length: 33 }, (_, i) => transfer('cleo', bob.address, BigInt(i), { nonce: BigInt(i) }));
    const { segments } = witnessOf(world, [begin(world), ...items]);
    expect(segments).toHaveLength(2);
    expect(segments[1]!.after.txCount).toBe(33n);
    expect(await (await createSolver(segments[1]!.circuit)).solve(segments[1]!.inputs)).toEqual({ accepted: true });
  }, 120_000);

  it('goes on from one batch to the next', async () => {
    const world = createWorld();
    const first = witnessOf(world, [begin(world), ...ITEMS]);
    const second = { ...world, start: first.seal.next, tree: first.tree };
    const next = { kind: 'begin', policyRoot: world.policyRoot, slot: SLOT + 1n } as const;
    const batch = witnessOf(second, [
      next,
      operation(PRIORITY_KIND.DEPOSIT_ETH, STRANGER, 1n, { index: 1n }),
      transfer('cleo', carol.address, 1n, { nonce: 4n }),
    ]);
    const seal = await createSolver('seal');
    expect(batch.segments[0]!.digestBefore).toBe(first.seal.witness.digestAfter);
    for (const { circuit, inputs } of batch.segments) {
      expect(await (await createSolver(circuit)).solve(inputs)).toEqual({ accepted: true });
    }
    expect(await seal.solve(first.seal.witness.inputs)).toEqual({ accepted: true });
    expect(await seal.solve(batch.seal.witness.inputs)).toEqual({ accepted: true });
  }, 120_000);

  it('refuses what no segment holds, and names the table', () => {
    const world = createWorld();
    const conditions = Array.from({ length: 40 }, (_, i) =>
      transfer('cleo', STRANGER + BigInt(i), 1n, { nonce: BigInt(i) }),
    );
    const { units } = traceForWitness(world.start, [begin(world), ...conditions], world.tree, world.deps);
    const needed = countRows(units, planLeaves(units, world.tree));
    expect(findOverflow(needed, PROFILES.m)).toMatchObject({ table: 'steps', needed: 40 });
    const one = [begin(world), call('alice', 0x800an, { kind: 'withdraw', receiver: 1n }, { value: 1n })];
    const withdrawal = createWorld();
    expect(() => witnessOf(withdrawal, one)).toThrow(/WITNESS_REFUSED/);
  });

  it('refuses a unit that does not fit in any profile it may use', () => {
    const world = createWorld();
    const { units } = traceForWitness(
      world.start,
      [begin(world), transfer('alice', bob.address, 1n)],
      world.tree,
      world.deps,
    );
    const both = { ...units[1]!, listChecks: Array(PROFILES.m.listChecks + 1).fill({}) };
    expect(() => nextSegment([both], 0, world.tree)).toThrow(
      `WITNESS_CAPACITY: listChecks: ${PROFILES.m.listChecks + 1} needed, ${PROFILES.m.listChecks} in the largest segment`,
    );
  });
});

/** Rows of `one` more transaction after `before`, in a segment of a second batch where everybody's key is known. */
function rowsOfOneMore(before: readonly BatchItem[], one: BatchItem): Partial<Profile> {
  const world = createWorld();
  const known = witnessOf(world, [
    begin(world),
    transfer('cora', bob.address, 1n),
    transfer('alice', bob.address, 1n),
    transfer('bob', alice.address, 1n),
  ]);
  const second: World = { ...world, start: known.seal.next, tree: known.tree };
  const next = { kind: 'begin', policyRoot: world.policyRoot, slot: SLOT + 1n } as const;
  const count = (items: readonly BatchItem[]) => {
    const { units } = traceForWitness(second.start, [next, ...items], second.tree, second.deps);
    return countRows(units, planLeaves(units, second.tree));
  };
  const [without, more] = [count(before), count([...before, one])];
  const tables = Object.keys(without) as (keyof Profile)[];
  return Object.fromEntries(
    tables.map((table) => [table, more[table] - without[table]]).filter(([, difference]) => difference !== 0),
  );
}

describe('rows of one more transaction are those that marginal costs are computed from', () => {
  const before = [transfer('cleo', carol.address, 1n)];

  it('between known people', () => {
    expect(rowsOfOneMore(before, transfer('cora', bob.address, 1n, { nonce: 1n }))).toEqual(TRANSACTION_ROWS.transfer);
  });

  it('at a first use, and to a new recipient', () => {
    // The neighbours of a new key in the list may be leaves that the segment holds already: then it takes fewer rows.
    const within = (rows: Partial<Profile>, line: Partial<Profile>) => {
      for (const [table, count] of Object.entries(rows)) {
        expect({ table, fits: count <= (line[table as keyof Profile] ?? 0) }).toEqual({ table, fits: true });
      }
    };
    const known = [transfer('cora', bob.address, 1n, { nonce: 1n })];
    within(rowsOfOneMore(known, transfer('cleo', alice.address, 1n)), TRANSACTION_ROWS.transferAtFirstUse);
    within(
      rowsOfOneMore([transfer('cleo', alice.address, 1n)], transfer('cora', STRANGER, 1n, { nonce: 1n })),
      TRANSACTION_ROWS.transferToNewRecipient,
    );
  });
});
