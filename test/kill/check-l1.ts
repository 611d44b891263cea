/** What Ethereum has of the chain: each batch committed, proved and executed once, by transactions that the node names. */

import type { Hash } from 'viem';
import { createL1 } from '../demo/l1-client.ts';
import { chainAbi } from '../demo/l1-contracts.ts';
import type { Welcome } from '../demo/welcome.ts';
import type { People } from './people.ts';

export interface L1Report {
  readonly committed: number;
  readonly executed: number;
  /** State roots on Ethereum, by batch. */
  readonly stateRoots: ReadonlyMap<number, bigint>;
}

interface BatchAnswer {
  readonly stateRoot: Hash;
  readonly commitment: Hash;
  readonly status: string;
  readonly l1: Readonly<Partial<Record<'commit' | 'prove' | 'execute', { readonly transaction: Hash }>>>;
}

export async function checkL1(welcome: Welcome, people: People): Promise<L1Report> {
  const l1 = createL1(welcome.l1Url, welcome);
  const before = await l1.counts();
  const events = <N extends 'BatchCommitted' | 'BatchesProven' | 'BatchExecuted'>(eventName: N) =>
    l1.client.getContractEvents({ address: welcome.chain, abi: chainAbi, eventName, fromBlock: 0n, strict: true });
  const [committed, proven, executed] = [
    await events('BatchCommitted'),
    await events('BatchesProven'),
    await events('BatchExecuted'),
  ];
  const commits = onceEach('committed', committed, ({ args }) => Number(args.batchNumber), before.committed);
  const executions = onceEach('executed', executed, ({ args }) => Number(args.batchNumber), before.executed);
  const proofs = onceEach(
    'proved',
    proven.flatMap((event) =>
      Array.from({ length: Number(event.args.to - event.args.from) }, (_, i) => ({
        ...event,
        batch: Number(event.args.from) + 1 + i,
      })),
    ),
    ({ batch }) => batch,
    before.proven,
  );
  const auditor = await people.auditor();
  const stateRoots = new Map<number, bigint>();
  for (let batch = 1; batch <= before.committed; batch++) {
    const { status, body } = await auditor.get<BatchAnswer>(`/api/audit/batches/${batch}`);
    if (status !== 200) throw new Error(`the auditor asks for batch ${batch} and is answered ${status}`);
    const commit = commits.get(batch)!;
    if (commit.args.stateRoot !== body.stateRoot || commit.args.commitment !== body.commitment)
      throw new Error(`batch ${batch}: Ethereum has ${commit.args.stateRoot}, the node ${body.stateRoot}`);
    const execution = executions.get(batch);
    if (execution !== undefined && execution.args.stateRoot !== body.stateRoot)
      throw new Error(`batch ${batch} was executed with another root`);
    stateRoots.set(batch, BigInt(body.stateRoot));
    const named = { commit, prove: proofs.get(batch), execute: execution };
    for (const step of ['commit', 'prove', 'execute'] as const) {
      const [here, there] = [body.l1[step]?.transaction, named[step]?.transactionHash];
      // The node may know of a step that was mined since we asked Ethereum.
      if (there !== undefined && here !== there)
        throw new Error(`batch ${batch}: ${step} was ${there} on Ethereum, the node names ${here}`);
    }
  }
  return { committed: before.committed, executed: before.executed, stateRoots };
}

function onceEach<T>(
  what: string,
  events: readonly T[],
  batchOf: (event: T) => number,
  through: number,
): Map<number, T> {
  const byBatch = new Map<number, T>();
  for (const event of events) {
    const batch = batchOf(event);
    if (byBatch.has(batch)) throw new Error(`batch ${batch} is ${what} twice`);
    byBatch.set(batch, event);
  }
  for (let batch = 1; batch <= through; batch++)
    if (!byBatch.has(batch)) throw new Error(`batch ${batch} was never ${what}`);
  return byBatch;
}
