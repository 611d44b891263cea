/** What has to be proven for a range of batches, as a tree: leaves merge within their batch first, so that a batch's proof serves any range. */

import { createHash } from 'node:crypto';
import { proverError } from '../errors.ts';
import type { LeafWitness, ProvingJob } from '../port.ts';

export type LeafStatement = Pick<LeafWitness, 'circuit' | 'before' | 'after'>;

export interface PlannedBatch {
  readonly batch: bigint;
  /** Segments in order, then the seal. */
  readonly leaves: readonly LeafStatement[];
}

export interface RangePlan {
  /** Children before parents; the last is the wrap. */
  readonly jobs: readonly ProvingJob[];
  readonly wrapId: string;
  readonly before: bigint;
  readonly after: bigint;
}

/** Names what a job proves and under which keys: the same work has the same id in every plan, other work never. */
export const leafJobId = (proofSystemId: string, { circuit, before, after }: LeafStatement): string =>
  jobId(proofSystemId, 'leaf', circuit, before.toString(), after.toString());

const jobId = (...parts: readonly (string | boolean)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

type Tree = { readonly job: ProvingJob } | { readonly left: Tree; readonly right: Tree };

/** `from` is the batch before the first one. Throws RANGE_BROKEN when the statements do not follow each other. */
export function planRange(proofSystemId: string, from: bigint, batches: readonly PlannedBatch[]): RangePlan {
  const statements = batches.flatMap(({ leaves }) => leaves);
  const [first, last] = [statements.at(0), statements.at(-1)];
  if (first === undefined || last === undefined) throw proverError('RANGE_BROKEN', 'nothing to prove');
  for (const [i, { before }] of statements.entries()) {
    if (i > 0 && statements[i - 1]!.after !== before) throw proverError('RANGE_BROKEN', `a gap before leaf ${i}`);
  }
  for (const [i, { batch, leaves }] of batches.entries()) {
    if (batch !== from + 1n + BigInt(i)) throw proverError('RANGE_BROKEN', 'batches are not consecutive');
    if (leaves.at(-1)?.circuit !== 'seal')
      throw proverError('RANGE_BROKEN', `batch ${batch} does not end with its seal`);
    if (leaves.slice(0, -1).some(({ circuit }) => circuit === 'seal')) {
      throw proverError('RANGE_BROKEN', `batch ${batch} is sealed twice`);
    }
  }

  const trees = batches.map(({ batch, leaves }) =>
    balanced(leaves.map((leaf, index): Tree => ({ job: leafJob(proofSystemId, batch, index, leaf) }))),
  );
  const root = balanced(trees);
  // A batch has at least one segment: its opening block stands in it.
  if ('job' in root) throw proverError('RANGE_BROKEN', 'a range has at least two proofs');
  const jobs: ProvingJob[] = [];
  const range = addJobs(proofSystemId, root, true, jobs);
  const to = from + BigInt(batches.length);
  const wrapId = jobId(proofSystemId, 'wrap', range, from.toString(), to.toString());
  jobs.push({ kind: 'wrap', id: wrapId, range, from, to });
  return { jobs, wrapId, before: first.before, after: last.after };
}

function leafJob(proofSystemId: string, batch: bigint, index: number, leaf: LeafStatement): ProvingJob {
  return { kind: leaf.circuit === 'seal' ? 'seal' : 'segment', id: leafJobId(proofSystemId, leaf), batch, index };
}

/** Neighbours pair up, round after round. */
function balanced(trees: readonly Tree[]): Tree {
  if (trees.length === 1) return trees[0]!;
  const paired: Tree[] = [];
  for (let i = 0; i < trees.length; i += 2) {
    const right = trees[i + 1];
    paired.push(right === undefined ? trees[i]! : { left: trees[i]!, right });
  }
  return balanced(paired);
}

function addJobs(proofSystemId: string, tree: Tree, zk: boolean, jobs: ProvingJob[]): string {
  if ('job' in tree) {
    jobs.push(tree.job);
    return tree.job.id;
  }
  const left = addJobs(proofSystemId, tree.left, false, jobs);
  const right = addJobs(proofSystemId, tree.right, false, jobs);
  const id = jobId(proofSystemId, 'merge', left, right, zk);
  jobs.push({ kind: 'merge', id, left, right, zk });
  return id;
}

/** Jobs that a job needs the results of. */
export function dependenciesOf(job: ProvingJob): readonly string[] {
  switch (job.kind) {
    case 'segment':
    case 'seal':
      return [];
    case 'merge':
      return [job.left, job.right];
    case 'wrap':
      return [job.range];
  }
}
