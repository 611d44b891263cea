/** Replays a store's block log through the real pipeline, on the side: nothing is written, nothing is asked of Ethereum. */

import type { Logger } from 'pino';
import { createPublicClient, custom } from 'viem';
import { verifyAuditLog } from '../audit/audit-log.ts';
import type { Audit } from '../audit/port.ts';
import { bytesToBigInt } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/schema.ts';
import type { Store, VerifyReport } from '../store/port.ts';
import { archiveName } from './archive.ts';
import { createAuditStore } from './audit-store.ts';
import type { ChainFoundation } from './development-chain.ts';
import { nodeError } from './errors.ts';
import type { NodeKeys } from './keys.ts';
import { openPipeline, type Pipeline } from './pipeline.ts';
import { openPolicies } from './policies.ts';

export interface ReplayReport {
  readonly store: VerifyReport;
  readonly blocks: bigint;
  readonly sealedBatches: bigint;
  /** Accepted transactions without an outcome yet. */
  readonly waiting: number;
  readonly stateRoot: bigint;
  readonly auditEntries: bigint;
}

/** Throws the coded error of the first thing that does not hold. `onBatch` hears of each batch whose roots agree. */
export async function replayStore(
  config: Config,
  deps: ChainFoundation & {
    readonly keys: NodeKeys;
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Logger;
    readonly onBatch: (batch: bigint) => void;
  },
): Promise<ReplayReport> {
  const { store, keys, genesis, place, clock, log } = deps;
  const report = await store.verify();
  const audit = await verifyAuditLog(createAuditStore(store));
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  const pipeline = await openPipeline(config, {
    genesis,
    place,
    keys,
    store,
    audit: closedAudit(audit),
    policies: openPolicies(config['policy.file'], keys.policySalt).book,
    l1: { client: createPublicClient({ transport: custom({ request: refuse }) }), embedded: undefined },
    clock,
    log,
    fail: failure.reject,
    readOnly: true,
  });
  try {
    await Promise.race([compareTables(pipeline, store, deps.onBatch), failure.promise]);
    const last = await pipeline.book.get(pipeline.book.latest);
    return {
      store: report,
      blocks: pipeline.sequencer.head,
      sealedBatches: pipeline.book.latest,
      waiting: pipeline.sequencer.waiting,
      stateRoot: last?.stored.stateRoot ?? 0n,
      auditEntries: audit.sequence,
    };
  } finally {
    await pipeline.close();
  }
}

/** The derived rows and the archive of each batch against what replay came to. */
async function compareTables({ book }: Pipeline, store: Store, onBatch: (batch: bigint) => void): Promise<void> {
  for (let number = 1n; number <= book.latest; number++) {
    const batch = await book.get(number);
    const row = await store.read.batches.byNumber(Number(number));
    const archive = await store.files.describe(archiveName(number));
    if (row === undefined || batch === undefined || bytesToBigInt(row.stateRoot) !== batch.stored.stateRoot)
      throw nodeError('NODE_STATE_MISMATCH', `row of batch ${number}`);
    if (archive === undefined || bytesToBigInt(archive.dataHash) !== batch.records.dataHash)
      throw nodeError('NODE_STATE_MISMATCH', `archive of batch ${number}`);
    onBatch(number);
  }
}

const closedAudit = ({ head, sequence }: { readonly head: bigint; readonly sequence: bigint }): Audit => ({
  record: () => undefined,
  flush: async () => undefined,
  head,
  sequence,
});

const refuse = async (): Promise<never> => {
  throw nodeError('NODE_L1_MISMATCH', 'a replay asks nothing of Ethereum');
};
