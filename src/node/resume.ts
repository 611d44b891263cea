/** Finds the newest checkpoint that holds up against the block log, and opens the tree from it. One that does not is discarded, loudly. */

import type { Logger } from 'pino';
import { isPrivityError } from '../base/errors.ts';
import { decodeBlockHeader } from '../chain/block-codec.ts';
import { contextOfState, hashContext } from '../chain/block-context.ts';
import { BlockRing } from '../chain/block-hash.ts';
import { SYSTEM_NAME } from '../chain/constants.ts';
import { stateRootOf } from '../chain/digest.ts';
import type { Genesis } from '../chain/genesis.ts';
import { systemKey } from '../chain/keys.ts';
import { fromWord, wordToFr } from '../chain/word.ts';
import { decodeEntry } from '../sequencer/log-entries.ts';
import type { BatchStart } from '../sequencer/open-batch.ts';
import type { BatchRecords, Tree } from '../state/port.ts';
import { createTree, DEFAULT_TREE_OPTIONS } from '../state/tree.ts';
import type { Store } from '../store/port.ts';
import { decodeBookedBatch } from './batch-book.ts';
import type { Checkpoint } from './checkpoint-codec.ts';
import type { CheckpointName, CheckpointStore } from './checkpoint-store.ts';
import { nodeError } from './errors.ts';

export interface Resumed {
  readonly name: CheckpointName;
  readonly checkpoint: Checkpoint;
  /** After the checkpoint's batch. */
  readonly tree: Tree;
  readonly start: BatchStart;
}

export interface ResumeDeps {
  readonly genesis: Genesis;
  readonly store: Pick<Store, 'log' | 'read'>;
  readonly records: BatchRecords;
  readonly log: Logger;
}

/** What a damaged or wrong checkpoint ends with; anything else is not the checkpoint's fault. */
const DISCARDED: ReadonlySet<string> = new Set([
  'NODE_CHECKPOINT_INVALID',
  'STATE_SNAPSHOT_INVALID',
  'STORE_FILE_CORRUPT',
  'STORE_FILE_KEY_MISSING',
  'STORE_NOT_FOUND',
]);

export async function resumeFromCheckpoint(
  checkpoints: CheckpointStore,
  deps: ResumeDeps,
): Promise<Resumed | undefined> {
  for (const name of checkpoints.names) {
    try {
      return await open(checkpoints, name, deps);
    } catch (error) {
      if (!isPrivityError(error) || !DISCARDED.has(error.code)) throw error;
      deps.log.warn({ code: error.code, batch: Number(name.batch), err: error }, 'checkpoint.discarded');
      await checkpoints.remove(name);
    }
  }
  return undefined;
}

const invalid = (reason: string) => nodeError('NODE_CHECKPOINT_INVALID', reason);

async function open(checkpoints: CheckpointStore, name: CheckpointName, deps: ResumeDeps): Promise<Resumed> {
  const opened = await checkpoints.open(name);
  const { checkpoint } = opened;
  try {
    if (checkpoint.batch !== name.batch || checkpoint.closedAt !== name.closedAt) throw invalid('under another name');
    const start = await verifyAgainstLog(checkpoint, deps);
    const tree = await createTree(DEFAULT_TREE_OPTIONS, { records: deps.records, snapshot: opened.tree });
    try {
      return { name, checkpoint, tree, start: { ...start, context: verifyTree(checkpoint, tree) } };
    } catch (error) {
      await tree.close();
      throw error;
    }
  } finally {
    await opened.close();
  }
}

/** The log must say that the batch ended and was sealed there, with the state root that the checkpoint's digest gives. */
async function verifyAgainstLog(
  { batch, closedAt, sealedAt, after: { digest, blind }, ring: hashes }: Checkpoint,
  { genesis, store }: ResumeDeps,
): Promise<Omit<BatchStart, 'context'>> {
  const closed = await entryAt(store, closedAt);
  const sealed = await entryAt(store, sealedAt);
  if (closed?.kind !== 'batch-closed' || closed.batch !== batch) throw invalid('the log has no such end of a batch');
  if (sealed?.kind !== 'sealed' || sealed.batch !== batch) throw invalid('the log has no such seal');
  if (stateRootOf(digest, blind) !== sealed.stateRoot || digest.prevStateRoot !== sealed.stateRoot)
    throw invalid('another state root than in the log');
  if (digest.batchNumber !== batch + 1n) throw invalid('the digest is of another batch');
  const ring = BlockRing.of(hashes);
  if (ring.root !== digest.blockHashes) throw invalid('other block hashes than in the state root');

  const row = await store.read.batches.byNumber(Number(batch));
  const booked = row && decodeBookedBatch(row.payload).stored;
  const roll = fromWord({ hi: digest.sealedHi, lo: digest.sealedLo });
  if (booked?.stateRoot !== sealed.stateRoot || booked.sealed !== roll) throw invalid('the batch is not in its table');
  const parentHash = ring.hashAt(digest.blockNumber);
  const block = await store.read.blocks.byNumber(Number(digest.blockNumber));
  if (block === undefined || decodeBlockHeader(block.payload).hash !== parentHash)
    throw invalid('its last block is not in its table');
  return {
    domain: { l1ChainId: genesis.l1ChainId, bridge: genesis.bridge, chainId: genesis.chainId },
    number: batch + 1n,
    blockNumber: digest.blockNumber,
    timestamp: digest.timestamp,
    ring,
    parentHash,
    priorityRoll: fromWord({ hi: digest.priorityHi, lo: digest.priorityLo }),
    priorityIndex: digest.priorityIndex,
    lastSlot: booked.slot,
  };
}

/** Nodes of the snapshot are taken as they are, under the file's authentication; the root that they end in must be the digest's. */
function verifyTree({ batch, after: { digest, blind } }: Checkpoint, tree: Tree): BatchStart['context'] {
  if (tree.batch !== batch || tree.root !== digest.treeRoot || BigInt(tree.nextIndex) !== digest.nextIndex)
    throw invalid('another tree than in the state root');
  if (wordToFr(tree.get(systemKey(SYSTEM_NAME.BLIND))) !== blind) throw invalid('another blind in the tree');
  const context = contextOfState((key) => tree.get(key));
  if (hashContext(context) !== digest.context) throw invalid('another block context in the tree');
  return context;
}

async function entryAt({ log }: Pick<Store, 'log'>, sequence: number) {
  if (sequence < 1 || sequence > log.lastSequence()) return undefined;
  for await (const { kind, payload } of log.read(sequence)) return decodeEntry(kind, payload);
  return undefined;
}
