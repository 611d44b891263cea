/**
 * The way of a transaction, as one opens it: store -> tree -> sequencer -> index -> sealer -> book. Replays the block log through the very
 * same stages before anything new is taken. Proving and settlement read the book (run-loops.ts).
 */

import type { Logger } from 'pino';
import type { Audit } from '../audit/port.ts';
import type { Clock } from '../base/clock.ts';
import { isPrivityError } from '../base/errors.ts';
import { genesisDigest } from '../chain/genesis.ts';
import { createSalts } from '../chain/salts.ts';
import type { Config } from '../config/schema.ts';
import type { FreshDigest } from '../prover/port.ts';
import type { ClosedBatch } from '../sequencer/batch.ts';
import { genesisStart } from '../sequencer/genesis-start.ts';
import type { Sequencer } from '../sequencer/sequencer.ts';
import { findWithdrawals, Withdrawals } from '../sequencer/withdrawals.ts';
import type { L1Counts } from '../settlement/port.ts';
import type { PriorityWatcher } from '../settlement/priority-watcher.ts';
import type { BatchRecords, Tree } from '../state/port.ts';
import { createTree, DEFAULT_TREE_OPTIONS } from '../state/tree.ts';
import type { Store } from '../store/port.ts';
import { BatchBook } from './batch-book.ts';
import { type BatchFacts, BatchFactsStore } from './batch-facts.ts';
import { ChainIndex } from './chain-index.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { CheckpointWriter } from './checkpoint-writer.ts';
import type { ChainFoundation } from './development-chain.ts';
import { genesisTreeOf, genesisWrites } from './genesis-tree.ts';
import type { NodeKeys } from './keys.ts';
import { createSealer } from './pipeline/create-sealer.ts';
import { createSequencer } from './pipeline/create-sequencer.ts';
import { DenialAudit } from './pipeline/denial-audit.ts';
import { genesisBatch } from './pipeline/genesis-batch.ts';
import { OwnBatches } from './pipeline/own-batches.ts';
import { PositionedLog } from './pipeline/positioned-log.ts';
import { type Processed, ProcessedOperations } from './pipeline/processed-operations.ts';
import { replayLog } from './pipeline/replay-log.ts';
import { RequiredFacts } from './pipeline/required-facts.ts';
import { sequencerOptionsOf } from './pipeline/sequencer-options.ts';
import { type UnfinalBatch, unfinalBatches } from './pipeline/unfinal-batches.ts';
import { type WithdrawRequest, withdrawBatches } from './pipeline/withdraw-batches.ts';
import type { PolicyBook } from './policy-book.ts';
import { type Resumed, resumeFromCheckpoint } from './resume.ts';
import type { Sealer } from './sealer.ts';
import { SettledBlocks } from './settled-blocks.ts';
import { withdrawalsFollowed } from './taken-back.ts';
import { createTreeRecords } from './tree-records.ts';

export interface PipelineDeps extends Pick<ChainFoundation, 'genesis'> {
  readonly keys: NodeKeys;
  readonly store: Store;
  readonly audit: Audit;
  readonly policies: PolicyBook;
  readonly watcher: Pick<PriorityWatcher, 'confirmed' | 'from' | 'poll'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly fail: (error: unknown) => void;
  /** Only replays: nothing is written and no proof will be asked for. */
  readonly aside?: boolean;
  /** Where a start may go on from, and later ones will; without it the whole log is replayed. */
  readonly checkpoints?: CheckpointStore;
}

export interface Pipeline {
  readonly sequencer: Sequencer;
  readonly index: ChainIndex;
  readonly book: BatchBook;
  readonly tree: Tree;
  /** Of a sealed batch that is not executed yet. Throws NODE_FACTS_INVALID when they are lost. */
  facts(batch: bigint): Promise<BatchFacts>;
  /** The digest just after a batch from the last executed one on. */
  freshDigestAfter(batch: bigint): Promise<FreshDigest>;
  readonly settled: SettledBlocks;
  /** How many withdrawals the log holds. */
  readonly withdrawals: number;
  wasWithdrawn(batch: bigint): boolean;
  /** Sealed batches that are not final, in order, and the open one. */
  unfinalBatches(): Promise<UnfinalBatch[]>;
  /** Operations of L1 processed up to the end of a sealed batch that is final or later, and their roll. */
  processedAfter(batch: bigint): Promise<Processed>;
  /**
   * Takes back the batches from `from` on; they wait to be executed again then (`sequencer.reExecute`). No block may be built meanwhile, and
   * proving and settlement must not be at work on them.
   */
  withdraw(request: WithdrawRequest): Promise<void>;
  /** Told how far Ethereum is. */
  onCounts(counts: L1Counts): Promise<void>;
  /** Rejects when a batch cannot be sealed; resolves when the signal aborts. */
  sealing(signal: AbortSignal): Promise<void>;
  /** Resolves when every closed batch is sealed. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A transaction in memory takes about 3 kB. Few are kept, because what lives for a second under load dies young, and what lives for four
 * fills the old part of the heap with garbage.
 */
const indexBounds = { recentItemsMax: 1_000, openedItemsMax: 4_000, writeItemsMax: 2_000, unwrittenItemsMax: 10_000 };

/** A checkpoint that the log does not go on from is discarded like a damaged one: the full log is the judge. */
export async function openPipeline(config: Config, deps: PipelineDeps): Promise<Pipeline> {
  const { checkpoints, genesis, store, audit, log } = deps;
  const denials = deps.aside === true ? undefined : await DenialAudit.open({ store, audit });
  for (;;) {
    const blockLog = new PositionedLog(store.log, denials);
    const withdrawals = new Withdrawals();
    const records = createTreeRecords(store.files, (batch) => withdrawals.epochOf(batch, blockLog.position));
    const resumed = checkpoints && (await resumeFromCheckpoint(checkpoints, { genesis, store, records, log }));
    try {
      return await openFrom(resumed, config, { ...deps, denials, blockLog, withdrawals, records });
    } catch (error) {
      if (resumed === undefined || !isPrivityError(error, 'HALT_REPLAY_MISMATCH')) throw error;
      log.warn({ code: error.code, batch: Number(resumed.name.batch), err: error }, 'checkpoint.discarded');
      await checkpoints?.remove(resumed.name);
    }
  }
}

interface OpenDeps extends PipelineDeps {
  /** None where nothing is written. */
  readonly denials: DenialAudit | undefined;
  readonly blockLog: PositionedLog;
  /** Empty yet. */
  readonly withdrawals: Withdrawals;
  readonly records: BatchRecords;
}

async function openFrom(resumed: Resumed | undefined, config: Config, deps: OpenDeps): Promise<Pipeline> {
  const { genesis, keys, store, checkpoints, log, fail, blockLog, withdrawals, records, aside = false } = deps;
  const from = { batch: resumed?.checkpoint.batch ?? 0n, closedAt: resumed?.checkpoint.closedAt ?? 0 };
  const followed = await withdrawalsFollowed(store);
  // Those before a checkpoint were followed before it was written.
  for (const withdrawal of followed) if (withdrawal.sequence <= from.closedAt) withdrawals.add(withdrawal);
  for (const withdrawal of (await findWithdrawals(store.log.read(from.closedAt + 1))).list) withdrawals.add(withdrawal);
  blockLog.startAfter(from.closedAt);

  const tree = resumed?.tree ?? (await createTree(DEFAULT_TREE_OPTIONS, { records }));
  const genesisTree = await (resumed === undefined ? tree.applyBatch(genesisWrites(genesis)) : genesisTreeOf(genesis));
  const start = genesisDigest(genesis, genesisTree);
  const genesisFresh: FreshDigest = { digest: start.digest, blind: start.blind };
  const first = genesisStart(genesis, start.ring);

  const index = await ChainIndex.open({ chainId: genesis.chainId, ...indexBounds, onFailure: fail }, store);
  const book = new BatchBook(store, genesisBatch(start, genesisTree.root, genesis.policyRoot));
  await book.restore();
  if (resumed !== undefined) {
    book.resumeAt(from.batch);
    index.resumeAt(resumed.start.blockNumber);
  }
  const facts = new BatchFactsStore(store.files, genesisFresh);
  const required = new RequiredFacts(facts, checkpoints);
  const own = new OwnBatches();
  const processed = new ProcessedOperations(required);
  const settled = new SettledBlocks();
  const writer = checkpoints && new CheckpointWriter(from, { store: checkpoints, tree, log });
  const salts = createSalts(keys.saltKey);
  const parts = { ...deps, tree, index, book, facts, own, processed, settled, writer, salts, aside };

  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const replayed: ClosedBatch[] = [];
  const sealer: Sealer = createSealer(resumed?.checkpoint.after ?? genesisFresh, {
    ...parts,
    sequencer: () => sequencer,
  });
  const sequencer: Sequencer = createSequencer(
    sequencerOptionsOf(config, genesis.chainId),
    resumed?.start ?? first,
    resumed?.checkpoint,
    {
      ...parts,
      onClosed(batch) {
        if (blockLog.isLive) {
          sealer.add(batch);
          sealer.idle().catch(failed.reject);
        } else replayed.push(batch);
      },
    },
  );
  const stages = { ...parts, sequencer, sealer };

  try {
    await replayLog(from, { ...stages, replayed, followed });
    if (resumed !== undefined)
      log.info({ batch: Number(from.batch), entries: store.log.lastSequence() - from.closedAt }, 'checkpoint.resumed');
  } catch (error) {
    // Its thread would keep a process alive that has nothing to live for.
    await index.flush();
    await tree.close();
    throw error;
  }

  return {
    sequencer,
    index,
    book,
    tree,
    facts: (batch) => required.of(batch),
    freshDigestAfter: (batch) => required.digestAfter(batch),
    settled,
    get withdrawals() {
      return withdrawals.count;
    },
    wasWithdrawn: (batch) => withdrawals.epochOf(batch) > 0,
    processedAfter: (batch) => processed.after(batch),
    unfinalBatches: () => unfinalBatches(stages),
    withdraw: (request) => withdrawBatches(request, { ...stages, checkpoints, first, resumedAt: from.batch }),
    async onCounts(counts) {
      await book.onCounts(counts);
      sequencer.proven(counts.proven);
      await settled.update(book);
      // What is executed needs no proof any more and is never withdrawn.
      await facts.removeBefore(book.final);
      own.forgetThrough(book.final);
      processed.forgetBefore(book.final);
    },
    sealing: (signal) =>
      new Promise((resolve, reject) => {
        failed.promise.catch(reject);
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
    idle: () => sealer.idle(),
    async close() {
      await sealer.idle().catch(fail);
      await index.flush();
      await tree.close();
    },
  };
}
