/**
 * The way of a transaction, as one opens it: store -> tree -> sequencer -> index -> sealer -> book. Replays the block log through the very
 * same stages before anything new is taken. Proving and settlement read the book (run-loops.ts).
 */

import type { Logger } from 'pino';
import type { Audit } from '../audit/port.ts';
import { assert } from '../base/assert.ts';
import { bigIntToHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isPrivityError } from '../base/errors.ts';
import { environmentOf } from '../chain/digest.ts';
import { genesisDigest } from '../chain/genesis.ts';
import { createSalts } from '../chain/salts.ts';
import { genesisStoredBatch } from '../chain/stored-batch.ts';
import { fromWord } from '../chain/word.ts';
import type { Config } from '../config/schema.ts';
import type { FreshDigest } from '../prover/port.ts';
import type { ClosedBatch } from '../sequencer/batch.ts';
import { createDenialSigner } from '../sequencer/denial-signer.ts';
import { genesisStart } from '../sequencer/genesis-start.ts';
import { decodeEntry, type WithdrawnEntry } from '../sequencer/log-entries.ts';
import type { BatchStart, OpenBatch } from '../sequencer/open-batch.ts';
import type { DurableLog } from '../sequencer/port.ts';
import { Sequencer } from '../sequencer/sequencer.ts';
import { fatesOf, findWithdrawals, Withdrawals } from '../sequencer/withdrawals.ts';
import type { L1Counts } from '../settlement/port.ts';
import type { PriorityWatcher } from '../settlement/priority-watcher.ts';
import type { BatchRecords, Tree } from '../state/port.ts';
import { createTree, DEFAULT_TREE_OPTIONS } from '../state/tree.ts';
import type { Store } from '../store/port.ts';
import { writeArchive } from './archive.ts';
import { BatchBook, type BookedBatch } from './batch-book.ts';
import { type BatchFacts, BatchFactsStore, factsOf } from './batch-facts.ts';
import { ChainIndex } from './chain-index.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { CheckpointWriter } from './checkpoint-writer.ts';
import type { ChainFoundation } from './development-chain.ts';
import { nodeError } from './errors.ts';
import { genesisTreeOf, genesisWrites } from './genesis-tree.ts';
import type { NodeKeys } from './keys.ts';
import { denialsInLog, startOf } from './older-batches.ts';
import type { PolicyBook } from './policy-book.ts';
import { type Resumed, resumeFromCheckpoint } from './resume.ts';
import { Sealer } from './sealer.ts';
import { SettledBlocks } from './settled-blocks.ts';
import { takeBackDerived, withdrawalsFollowed } from './taken-back.ts';
import { createTreeRecords } from './tree-records.ts';
import { type TakenBatch, withdrawnBatches } from './withdrawn-batches.ts';

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
  processedAfter(batch: bigint): Promise<{ readonly index: bigint; readonly roll: bigint }>;
  /**
   * Takes back the batches from `from` on; they wait to be executed again then (`sequencer.reExecute`). No block may be built meanwhile, and
   * proving and settlement must not be at work on them.
   */
  withdraw(entry: Omit<WithdrawnEntry, 'kind' | 'at'>): Promise<void>;
  /** Told how far Ethereum is. */
  onCounts(counts: L1Counts): Promise<void>;
  /** Rejects when a batch cannot be sealed; resolves when the signal aborts. */
  sealing(signal: AbortSignal): Promise<void>;
  /** Resolves when every closed batch is sealed. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** A batch that can still be withdrawn. */
export interface UnfinalBatch {
  readonly number: bigint;
  readonly slot: bigint;
  readonly policyRoot: bigint;
  /** Operations processed before it, and the policy root that was in force. */
  readonly startIndex: bigint;
  readonly startRoot: bigint;
  /** Operations processed after it, and their roll. */
  readonly priorityIndex: bigint;
  readonly priorityRoll: bigint;
}

/** Operations of L1 that a batch takes (ADR 0011). */
export const operationsPerBatchMax = 256;

/**
 * A transaction in memory takes about 3 kB. Few are kept, because what lives for a second under load dies young, and what lives for four
 * fills the old part of the heap with garbage.
 */
const indexBounds = { recentItemsMax: 1_000, openedItemsMax: 4_000, writeItemsMax: 2_000, unwrittenItemsMax: 10_000 };
/** Gates of a transfer's share in its segment, seal and merges, until the snapshot of gates says otherwise. */
const gatesPerTransaction = 180_000;

/** A checkpoint that the log does not go on from is discarded like a damaged one: the full log is the judge. */
export async function openPipeline(config: Config, deps: PipelineDeps): Promise<Pipeline> {
  const { checkpoints, genesis, store, log } = deps;
  const epochs: Epochs = { of: () => 0 };
  const records = createTreeRecords(store.files, (batch) => epochs.of(batch));
  for (;;) {
    const resumed = checkpoints && (await resumeFromCheckpoint(checkpoints, { genesis, store, records, log }));
    try {
      return await openFrom(resumed, config, { ...deps, records, epochs });
    } catch (error) {
      if (resumed === undefined || !isPrivityError(error, 'HALT_REPLAY_MISMATCH')) throw error;
      log.warn({ code: error.code, batch: Number(resumed.name.batch), err: error }, 'checkpoint.discarded');
      await checkpoints?.remove(resumed.name);
    }
  }
}

type OwnBatch = Pick<ClosedBatch, 'start' | 'denials'>;

/** Which of the batches of a number is meant: set by whoever knows the withdrawals. */
interface Epochs {
  of: (batch: bigint) => number;
}

type OpenDeps = PipelineDeps & { readonly records: BatchRecords; readonly epochs: Epochs };

async function openFrom(resumed: Resumed | undefined, config: Config, deps: OpenDeps): Promise<Pipeline> {
  const { genesis, keys, store, audit, policies, watcher, clock, log, fail, checkpoints, aside = false } = deps;
  const { records, epochs } = deps;
  const from = { batch: resumed?.checkpoint.batch ?? 0n, closedAt: resumed?.checkpoint.closedAt ?? 0 };
  const followed = await withdrawalsFollowed(store);
  // Those before a checkpoint were followed before it was written.
  const withdrawals = new Withdrawals([
    ...followed.filter(({ sequence }) => sequence <= from.closedAt),
    ...(await findWithdrawals(store.log.read(from.closedAt + 1))).list,
  ]);
  let live = false;
  /** Position in the log that is being replayed: a batch number means what it meant there. */
  let at = from.closedAt;
  epochs.of = (batch) => withdrawals.epochOf(batch, live ? undefined : at);
  const tree = resumed?.tree ?? (await createTree(DEFAULT_TREE_OPTIONS, { records }));
  const genesisTree = await (resumed === undefined ? tree.applyBatch(genesisWrites(genesis)) : genesisTreeOf(genesis));
  const start = genesisDigest(genesis, genesisTree);
  const salts = createSalts(keys.saltKey);
  /** Sequences of the entries that ended and sealed a batch last. */
  const written: Record<string, number> = { 'batch-closed': 0, sealed: 0, withdrawn: 0 };
  const durableLog: DurableLog = {
    async append(entries) {
      const first = await store.log.append(entries);
      for (const [i, { kind }] of entries.entries()) if (kind in written) written[kind] = first + i;
    },
  };
  const index = await ChainIndex.open({ chainId: genesis.chainId, ...indexBounds, onFailure: fail }, store);
  const book = new BatchBook(store, genesisBatch(start, genesisTree.root, genesis.policyRoot));
  await book.restore();
  const genesisFresh: FreshDigest = { digest: start.digest, blind: start.blind };
  const facts = new BatchFactsStore(store.files, genesisFresh);
  /** Batches that this life has executed and that are not final. */
  const own = new Map<bigint, OwnBatch>();
  /** Operations processed up to the end of a batch; those of earlier lives are read when they are asked for. */
  const processed = new Map<bigint, { readonly index: bigint; readonly roll: bigint }>();
  const writer = checkpoints && new CheckpointWriter(from, { store: checkpoints, tree, log });
  let before = resumed?.checkpoint.after ?? genesisFresh;
  if (resumed !== undefined) {
    book.resumeAt(from.batch);
    index.resumeAt(resumed.start.blockNumber);
  }
  const replayed: ClosedBatch[] = [];
  const settled = new SettledBlocks();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);

  const sealer: Sealer = new Sealer(
    {
      log: durableLog,
      tree,
      salts,
      saltKey: keys.saltKey,
      book,
      async auditHead() {
        await audit.flush();
        return audit.head;
      },
      // What is sealed on the side is forgotten.
      archive: async (batch) => {
        if (aside) return 0n;
        return writeArchive(batch, before.digest, { files: store.files, index, epoch: epochs.of(batch.number) });
      },
      async onSealed(batch, after) {
        before = after;
        sequencer.state.dropBatch(batch.number);
        if (aside) return;
        // Those of the last final batch stay: the one after it begins with its digest.
        if (batch.number >= book.final) await facts.put(factsOf(batch, after));
        // What the checkpoint does not hold must be in the tables.
        await index.flush();
        await writer?.onSealed(batch.number, written['sealed']!, after, live);
        if (live) log.info({ batch: Number(batch.number), blocks: batch.blockCount }, 'batch.sealed');
      },
    },
    before,
  );

  const sequencer: Sequencer = new Sequencer(
    {
      chainId: genesis.chainId,
      mempoolTransactionsMax: config['chain.mempoolTransactionsMax'],
      mempoolPerSenderMax: config['chain.mempoolPerSenderMax'],
      nonceAheadMax: config['chain.nonceAheadMax'],
      provingBacklogMaxGates: config['chain.provingBacklogMaxGates'],
      replacementFeePercent: 10,
      blockTransactionsMax: 2_000,
      batchTransactionsMax: 1_000_000,
      operationsPerBatchMax,
      nonceGapMs: config['chain.nonceGapSecondsMax'] * 1000,
      denialsPerMinuteMax: config['chain.denialsPerMinuteMax'],
    },
    {
      log: durableLog,
      tree,
      executorOf: (root) => policies.executor(root),
      findUnknownList: (root, rootOf) => policies.findUnknownList(root, rootOf),
      operationsFrom: (from, limit) => watcher.from(from, limit),
      gatesOf: () => gatesPerTransaction,
      findOutcome: (hash) => index.outcome(hash),
      signer: createDenialSigner(keys.denialKey),
      salts,
      clock,
      events: {
        onBlock: (block) => index.onBlock(block),
        onDenial(denial, accepted) {
          index.onDenial(denial, accepted);
          if (live) {
            audit.record({
              actor: bigIntToHex(denial.sender, 20),
              action: accepted ? 'transaction.denied' : 'transaction.refused',
              resource: bigIntToHex(denial.transactionHash, 32),
              detail: { code: denial.code, rule: denial.ruleId, reason: denial.reason },
            });
          }
        },
        onBatch(batch, resume) {
          own.set(batch.number, { start: batch.start, denials: batch.denials });
          // Here, for a batch is in the book before its facts are on disk.
          processed.set(batch.number, { index: batch.priorityIndex, roll: batch.priorityRoll });
          if (resume !== undefined) writer?.onClosed(batch.number, written['batch-closed']!, resume);
          if (live) {
            sealer.add(batch);
            sealer.idle().catch(failed.reject);
          } else replayed.push(batch);
        },
      },
    },
    resumed?.start ?? genesisStart(genesis, start.ring),
    resumed?.checkpoint,
  );

  /** What is derived from the log follows a withdrawal in it. Done again when a kill came in between. */
  const follow = ({ from: first, cause, upTo }: WithdrawnEntry, lastBlock: bigint, sequence: () => number) =>
    index.withdraw(lastBlock, async () => {
      audit.record({
        actor: 'node',
        action: 'batches.withdrawn',
        resource: `batch/${first}`,
        detail: { cause, batches: String(upTo.length), entry: String(sequence()) },
      });
      await audit.flush();
      await takeBackDerived(store, { from: first, lastBlock, sequence: sequence() });
    });

  try {
    const isVoid = fatesOf(withdrawals);
    for await (const { kind, payload, sequence } of store.log.read(from.closedAt + 1)) {
      at = sequence;
      const entry = decodeEntry(kind, payload);
      if (entry.kind === 'sealed' && entry.batch <= from.batch) continue;
      if (kind in written) written[kind] = sequence;
      const wasWithdrawn = isVoid(sequence, entry);
      sequencer.replay(entry, wasWithdrawn);
      if (entry.kind === 'block') await index.room();
      if (entry.kind === 'sealed' && !wasWithdrawn) {
        sealer.add(replayed.shift()!, entry);
        await sealer.idle();
      } else if (entry.kind === 'withdrawn') {
        const isFollowed = followed.some((withdrawal) => withdrawal.sequence === sequence);
        if (!isFollowed) await follow(entry, sequencer.head, () => sequence);
      }
    }
    live = true;
    for (const batch of replayed) sealer.add(batch);
    await sealer.idle();
    if (resumed !== undefined)
      log.info({ batch: Number(from.batch), entries: store.log.lastSequence() - from.closedAt }, 'checkpoint.resumed');
  } catch (error) {
    // Its thread would keep a process alive that has nothing to live for.
    await index.flush();
    await tree.close();
    throw error;
  }

  const processedAfter = async (batch: bigint) => {
    const known = processed.get(batch);
    if (known !== undefined) return known;
    const { digest } = await orLost(batch, facts.digestAfter(batch), checkpoints);
    const found = { index: digest.priorityIndex, roll: fromWord({ hi: digest.priorityHi, lo: digest.priorityLo }) };
    processed.set(batch, found);
    return found;
  };

  const takenStart = async (first: bigint): Promise<BatchStart> => {
    const known = sequencer.openBatch?.number === first ? sequencer.openBatch.start : own.get(first)?.start;
    if (known !== undefined) return known;
    const [ownFacts, left, previous] = [
      await facts.get(first),
      await facts.digestAfter(first - 1n),
      await book.get(first - 1n),
    ];
    assert(
      ownFacts !== undefined && left !== undefined && previous !== undefined,
      'facts are kept until they are final',
    );
    const lastSlot = first === 1n ? genesisStart(genesis, start.ring).lastSlot : previous.stored.slot;
    return startOf(genesis, ownFacts, left, lastSlot);
  };

  const takenBatches = async (first: bigint, open: OpenBatch | undefined): Promise<TakenBatch[]> => {
    const older = first <= from.batch ? await denialsInLog(store.log, first, from.batch) : new Map();
    const taken: TakenBatch[] = [];
    for (let number = first; number <= book.latest; number++) {
      const booked = await book.get(number);
      const denials = own.get(number)?.denials ?? older.get(number);
      assert(booked !== undefined && denials !== undefined, 'what is not final is known');
      const { firstBlock, lastBlock, stored } = booked;
      taken.push({ number, slot: stored.slot, firstBlock, lastBlock, isClosed: true, denials });
    }
    if (open !== undefined) {
      const { number, slot, firstBlock, lastBlock, denials } = open;
      taken.push({ number, slot, firstBlock, lastBlock, isClosed: false, denials });
    }
    return taken;
  };

  return {
    sequencer,
    index,
    book,
    tree,
    facts: (batch) => orLost(batch, facts.get(batch), checkpoints),
    freshDigestAfter: (batch) => orLost(batch, facts.digestAfter(batch), checkpoints),
    settled,
    get withdrawals() {
      return withdrawals.count;
    },
    wasWithdrawn: (batch) => withdrawals.epochOf(batch) > 0,
    processedAfter,
    async unfinalBatches() {
      const found: UnfinalBatch[] = [];
      const last = await book.get(book.final);
      assert(last !== undefined, 'the last final batch is in its table');
      let startIndex = last.stored.priorityIndex;
      let startRoot = last.stored.policyRoot;
      for (let number = book.final + 1n; number <= book.latest; number++) {
        const booked = await book.get(number);
        assert(booked !== undefined, 'a sealed batch is in its table');
        const { slot, policyRoot, priorityIndex } = booked.stored;
        const { roll: priorityRoll } = await processedAfter(number);
        found.push({ number, slot, policyRoot, priorityIndex, priorityRoll, startIndex, startRoot });
        [startIndex, startRoot] = [priorityIndex, policyRoot];
      }
      const open = sequencer.openBatch;
      // One that is closed and not sealed yet is looked at when it is; the open one behind it, too.
      if (open !== undefined && open.number === book.latest + 1n) {
        const { number, slot, policyRoot, priorityIndex, priorityRoll } = open;
        found.push({ number, slot, policyRoot, priorityIndex, priorityRoll, startIndex, startRoot });
      }
      return found;
    },
    async withdraw(what) {
      await sealer.idle();
      const { from: first } = what;
      const open = sequencer.openBatch;
      const last = open?.number ?? book.latest;
      assert(first > book.final && first <= last, 'only what is not final can be withdrawn');
      const base = await takenStart(first);
      const taken = await takenBatches(first, open);
      const entry: WithdrawnEntry = { kind: 'withdrawn', at: clock.now(), ...what };
      const { planned, transactions } = await withdrawnBatches(taken, index);
      const digest = await facts.digestAfter(first - 1n);
      assert(digest !== undefined, 'the digest before what is withdrawn is kept');
      // First: a start must not find them when the withdrawal is in the log.
      await checkpoints?.removeAfter(first - 1n);
      await sequencer.withdraw(entry, base, planned, transactions);
      const lastBlock = base.blockNumber;
      book.withdraw(first);
      settled.withdraw(lastBlock);
      for (const number of own.keys()) if (number >= first) own.delete(number);
      for (const number of processed.keys()) if (number >= first) processed.delete(number);
      before = digest;
      sealer.withdraw(digest);
      const sequence = () => written['withdrawn']!;
      // The tree goes back by the records of the batches as they were; only then their numbers mean the new ones.
      await Promise.all([follow(entry, lastBlock, sequence), tree.unwindTo(first - 1n)]);
      withdrawals.add({ sequence: sequence(), from: first });
      for (const { number } of taken) await facts.remove(number);
    },
    async onCounts(counts) {
      await book.onCounts(counts);
      sequencer.proven(counts.proven);
      await settled.update(book);
      // What is executed needs no proof any more and is never withdrawn.
      await facts.removeBefore(book.final);
      for (const number of own.keys()) if (number <= book.final) own.delete(number);
      for (const number of processed.keys()) if (number < book.final) processed.delete(number);
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

/** The log still has what is lost: a start before that batch makes it anew. */
async function orLost<T>(
  batch: bigint,
  looked: Promise<T | undefined>,
  checkpoints: CheckpointStore | undefined,
): Promise<T> {
  let cause: unknown;
  try {
    const found = await looked;
    if (found !== undefined) return found;
  } catch (error) {
    if (!isPrivityError(error, 'NODE_FACTS_INVALID') && !isPrivityError(error, 'STORE_FILE_CORRUPT')) throw error;
    cause = error;
  }
  await checkpoints?.removeAfter(batch - 1n);
  throw nodeError('NODE_FACTS_INVALID', `batch ${batch}`, { cause });
}

function genesisBatch(start: ReturnType<typeof genesisDigest>, treeRoot: bigint, policyRoot: bigint): BookedBatch {
  return {
    stored: genesisStoredBatch(start.digest.prevStateRoot, policyRoot),
    records: { txRoot: 0n, auditRoot: 0n, denialRoot: 0n, dataHash: 0n, batchSalt: 0n },
    messages: [],
    messageHashes: [],
    firstBlock: 0n,
    lastBlock: 0n,
    treeRoot,
    environment: environmentOf(start.digest, start.blind),
    l1: {},
    attempts: {},
  };
}
