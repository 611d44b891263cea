/**
 * The way of a transaction, as one opens it: store -> tree -> sequencer -> index -> sealer -> book. Replays the block log through the very
 * same stages before anything new is taken. Proving and settlement read the book (run-loops.ts).
 */

import type { Logger } from 'pino';
import type { Audit } from '../audit/port.ts';
import type { Clock } from '../base/clock.ts';
import { environmentOf } from '../chain/digest.ts';
import { genesisDigest } from '../chain/genesis.ts';
import { createSalts } from '../chain/salts.ts';
import { genesisStoredBatch } from '../chain/stored-batch.ts';
import type { Config } from '../config/schema.ts';
import type { FreshDigest } from '../prover/port.ts';
import type { ClosedBatch, ProvableBatch } from '../sequencer/batch.ts';
import { createDenialSigner } from '../sequencer/denial-signer.ts';
import { genesisStart } from '../sequencer/genesis-start.ts';
import { decodeEntry } from '../sequencer/log-entries.ts';
import type { DurableLog } from '../sequencer/port.ts';
import { Sequencer } from '../sequencer/sequencer.ts';
import type { L1Counts } from '../settlement/port.ts';
import type { PriorityWatcher } from '../settlement/priority-watcher.ts';
import { PackedKeys } from '../state/packed-writes.ts';
import type { Tree } from '../state/port.ts';
import { createTree, DEFAULT_TREE_OPTIONS } from '../state/tree.ts';
import type { Store } from '../store/port.ts';
import { writeArchive } from './archive.ts';
import { BatchBook, type BookedBatch } from './batch-book.ts';
import { ChainIndex } from './chain-index.ts';
import type { ChainFoundation } from './development-chain.ts';
import { genesisWrites } from './genesis-tree.ts';
import type { NodeKeys } from './keys.ts';
import type { PolicyBook } from './policy-book.ts';
import { Sealer } from './sealer.ts';
import { SettledBlocks } from './settled-blocks.ts';
import { createTreeRecords } from './tree-records.ts';

export interface PipelineDeps extends Pick<ChainFoundation, 'genesis'> {
  readonly keys: NodeKeys;
  readonly store: Store;
  readonly audit: Audit;
  readonly policies: PolicyBook;
  readonly watcher: PriorityWatcher;
  readonly clock: Clock;
  readonly log: Logger;
  readonly fail: (error: unknown) => void;
  /** Only replays: nothing is written and no proof will be asked for. */
  readonly aside?: boolean;
}

export interface Pipeline {
  readonly sequencer: Sequencer;
  readonly index: ChainIndex;
  readonly book: BatchBook;
  readonly tree: Tree;
  readonly watcher: PriorityWatcher;
  /** Sealed batches whose proof may still be needed, with the digests around them. */
  readonly provable: ReadonlyMap<bigint, ProvableBatch>;
  freshDigestAfter(batch: bigint): FreshDigest | undefined;
  readonly settled: SettledBlocks;
  /** Told how far Ethereum is. */
  onCounts(counts: L1Counts): Promise<void>;
  /** Rejects when a batch cannot be sealed; resolves when the signal aborts. */
  sealing(signal: AbortSignal): Promise<void>;
  /** Resolves when every closed batch is sealed. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** A transaction in memory takes about 3 kB. */
const indexBounds = { recentItemsMax: 4_000, openedItemsMax: 4_000, writeItemsMax: 2_000, unwrittenItemsMax: 10_000 };
/** Gates of a transfer's share in its segment, seal and merges, until the snapshot of gates says otherwise. */
const gatesPerTransaction = 180_000;

export async function openPipeline(config: Config, deps: PipelineDeps): Promise<Pipeline> {
  const { genesis, keys, store, audit, policies, watcher, clock, log, fail, aside = false } = deps;
  const tree = await createTree(DEFAULT_TREE_OPTIONS, { records: createTreeRecords(store.files) });
  const genesisTree = await tree.applyBatch(genesisWrites(genesis));
  const start = genesisDigest(genesis, genesisTree);
  const salts = createSalts(keys.saltKey);
  const durableLog: DurableLog = {
    async append(entries) {
      await store.log.append(entries);
    },
  };
  const index = await ChainIndex.open({ chainId: genesis.chainId, ...indexBounds, onFailure: fail }, store);
  const book = new BatchBook(store, genesisBatch(start, genesisTree.root, genesis.policyRoot));
  const digests = new Map<bigint, FreshDigest>([[0n, { digest: start.digest, blind: start.blind }]]);
  const provable = new Map<bigint, ProvableBatch>();
  const replayed: ClosedBatch[] = [];
  let live = false;
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
      archive: async (batch) =>
        aside ? 0n : writeArchive(batch, digests.get(batch.number - 1n)!.digest, { files: store.files, index }),
      onSealed(batch, after) {
        digests.set(batch.number, after);
        sequencer.state.dropBatch(batch.number);
        if (aside) digests.delete(batch.number - 1n);
        else provable.set(batch.number, provableOf(batch));
        if (live) log.info({ batch: Number(batch.number), blocks: batch.blockCount }, 'batch.sealed');
      },
    },
    { digest: start.digest, blind: start.blind },
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
      operationsPerBatchMax: 256,
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
              actor: `0x${denial.sender.toString(16).padStart(40, '0')}`,
              action: accepted ? 'transaction.denied' : 'transaction.refused',
              resource: `0x${denial.transactionHash.toString(16).padStart(64, '0')}`,
              detail: { code: denial.code, rule: denial.ruleId, reason: denial.reason },
            });
          }
        },
        onBatch(batch) {
          if (live) {
            sealer.add(batch);
            sealer.idle().catch(failed.reject);
          } else replayed.push(batch);
        },
      },
    },
    genesisStart(genesis, start.ring),
  );

  try {
    for await (const { kind, payload } of store.log.read(1)) {
      const entry = decodeEntry(kind, payload);
      sequencer.replay(entry);
      if (entry.kind === 'block') await index.room();
      if (entry.kind === 'sealed') {
        sealer.add(replayed.shift()!, entry);
        await sealer.idle();
      }
    }
    live = true;
    for (const batch of replayed) sealer.add(batch);
    await sealer.idle();
  } catch (error) {
    // Its thread would keep a process alive that has nothing to live for.
    await tree.close();
    throw error;
  }

  return {
    sequencer,
    index,
    book,
    tree,
    watcher,
    provable,
    freshDigestAfter: (batch) => digests.get(batch),
    settled,
    async onCounts(counts) {
      book.onCounts(counts);
      sequencer.proven(counts.proven);
      await settled.update(book);
      // What is executed needs no proof any more.
      for (const number of provable.keys()) if (number <= counts.executed) provable.delete(number);
      for (const number of digests.keys()) if (number < counts.proven) digests.delete(number);
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

/** Without what sealing alone needed: batches may wait for their execution on Ethereum for long. */
const provableOf = ({
  start,
  number,
  slot,
  policyRoot,
  firstBlock,
  lastBlock,
  touched,
}: ClosedBatch): ProvableBatch => ({
  start,
  number,
  slot,
  policyRoot,
  firstBlock,
  lastBlock,
  touched: new PackedKeys(touched),
});

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
