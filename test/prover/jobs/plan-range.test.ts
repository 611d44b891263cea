import { describe, expect, test } from 'vitest';
import { dependenciesOf, type PlannedBatch, planRange } from '../../../src/prover/jobs/plan-range.ts';
import type { ProvingJob } from '../../../src/prover/port.ts';

const ID = '0xid';

/** Batches of so many segments each, chained from digest `from * 100`. */
function batchesOf(from: bigint, ...segments: number[]): PlannedBatch[] {
  let at = from * 100n;
  return segments.map((count, i) => ({
    batch: from + 1n + BigInt(i),
    leaves: Array.from({ length: count + 1 }, (_, index) => ({
      circuit: index === count ? ('seal' as const) : ('segment_m' as const),
      before: at,
      after: ++at,
    })),
  }));
}

const kinds = (jobs: readonly ProvingJob[]) => jobs.map(({ kind }) => kind);
const merges = (jobs: readonly ProvingJob[]) => jobs.filter((job) => job.kind === 'merge');

test('an idle batch is a segment, a seal, one merge that hides its witness, and the wrap', () => {
  const plan = planRange(ID, 4n, batchesOf(4n, 1));
  expect(kinds(plan.jobs)).toEqual(['segment', 'seal', 'merge', 'wrap']);
  expect(merges(plan.jobs)).toMatchObject([{ zk: true }]);
  expect(plan.jobs.at(-1)).toMatchObject({ id: plan.wrapId, from: 4n, to: 5n });
  expect([plan.before, plan.after]).toEqual([400n, 402n]);
});

test.each([[[1]], [[2]], [[3, 1]], [[5, 2, 1, 7]]])(
  'n proofs take n - 1 merges, children first, only the last of them hiding (%j)',
  (segments) => {
    const { jobs } = planRange(ID, 0n, batchesOf(0n, ...segments));
    const leaves = segments.reduce((sum, count) => sum + count + 1, 0);
    expect(merges(jobs).length).toBe(leaves - 1);
    expect(merges(jobs).filter(({ zk }) => zk)).toEqual([merges(jobs).at(-1)]);
    const seen = new Set<string>();
    for (const job of jobs) {
      for (const id of dependenciesOf(job)) expect(seen.has(id)).toBe(true);
      seen.add(job.id);
    }
    expect(seen.size).toBe(jobs.length);
  },
);

test('the merges of a batch serve every range of several batches it lies in', () => {
  const batches = batchesOf(0n, 3, 2, 4);
  const all = new Set(planRange(ID, 0n, batches).jobs.map(({ id }) => id));
  const two = planRange(ID, 0n, batches.slice(0, 2)).jobs;
  const shared = two.filter(({ id }) => all.has(id));
  expect(kinds(shared).filter((kind) => kind === 'merge').length).toBe(3 + 2);
  expect(shared.length).toBe(two.length - 2);
});

test('other keys, another statement or another circuit make other jobs', () => {
  const batches = batchesOf(0n, 1);
  const ids = (id: string, b = batches) => planRange(id, 0n, b).jobs.map((job) => job.id);
  const original = ids(ID);
  for (const id of ids('0xother')) expect(original).not.toContain(id);
  const [batch] = batches;
  const moved = [
    {
      ...batch!,
      leaves: batch!.leaves.map((leaf) => ({ ...leaf, before: leaf.before + 1000n, after: leaf.after + 1000n })),
    },
  ];
  for (const id of ids(ID, moved)) expect(original).not.toContain(id);
  const smaller = [
    { ...batch!, leaves: [{ ...batch!.leaves[0]!, circuit: 'segment_xs' as const }, batch!.leaves[1]!] },
  ];
  expect(ids(ID, smaller).filter((id) => original.includes(id)).length).toBe(1);
});

describe('refused is', () => {
  const refuse = (from: bigint, batches: PlannedBatch[], reason: RegExp) =>
    expect(() => planRange(ID, from, batches)).toThrow(reason);
  const good = () => batchesOf(0n, 2, 2);

  test('nothing', () => refuse(0n, [], /nothing to prove/));
  test('a gap between leaves', () => {
    const [first, second] = good();
    refuse(0n, [{ ...first!, leaves: first!.leaves.toSpliced(1, 1) }, second!], /gap before leaf 1/);
  });
  test('a gap between batches', () =>
    refuse(0n, [batchesOf(0n, 1)[0]!, { ...batchesOf(7n, 1)[0]!, batch: 2n }], /gap/));
  test('a skipped batch number', () =>
    refuse(
      0n,
      good().map((b) => ({ ...b, batch: b.batch * 2n })),
      /not consecutive/,
    ));
  test('a range that starts elsewhere', () => refuse(1n, good(), /not consecutive/));
  test('a batch without its seal', () => {
    const [first] = good();
    refuse(0n, [{ ...first!, leaves: first!.leaves.slice(0, -1) }], /end with its seal/);
  });
  test('a batch sealed twice', () => {
    const [first] = good();
    const leaves = first!.leaves.map((leaf) => ({ ...leaf, circuit: 'seal' as const }));
    refuse(0n, [{ ...first!, leaves }], /sealed twice/);
  });
  test('a lone seal', () => refuse(0n, batchesOf(0n, 0), /at least two proofs/));
});
