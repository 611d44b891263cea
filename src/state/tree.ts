/** The state tree as the node uses it (port.ts): batches go to a thread, in order; values are read at once from a copy in this thread. */

import { FR_MODULUS } from '../chain/constants.ts';
import { BatchRecord } from './batch-record.ts';
import { raiseState } from './errors.ts';
import { FlatState } from './flat-state.ts';
import { checkWrites } from './leaf.ts';
import { decodeChanges } from './leaf-changes.ts';
import { openView } from './open-view.ts';
import { packKeys, packWrites } from './packed-writes.ts';
import type { BatchOutcome, BatchRecords, BatchWrites, CapturedView, StateProof, Tree, TreeView } from './port.ts';
import type { TreeHead } from './tree-messages.ts';
import { openSnapshot, valuesOfPage } from './tree-snapshot.ts';
import { startTreeThread, type TreeThread } from './tree-thread.ts';
import { verifyStateProof } from './verify-state-proof.ts';

export interface TreeOptions {
  /** Limit of the tree's own memory; a leaf takes 196 bytes there and about 75 in this thread. */
  readonly bytesMax: number;
  /** Threads that hash while a batch is applied. */
  readonly hashThreads: number;
}

export const DEFAULT_TREE_OPTIONS: TreeOptions = { bytesMax: 2 ** 31, hashThreads: 2 };

/** What `Tree.snapshot` gave. */
export type SnapshotBytes = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Throws STATE_SNAPSHOT_INVALID when the snapshot is damaged; whether it is the right one is told by its batch and root. */
export async function createTree(
  options: TreeOptions,
  deps: { readonly records: BatchRecords; readonly snapshot?: SnapshotBytes },
): Promise<Tree> {
  const { records, snapshot } = deps;
  const thread = await startTreeThread(options);
  const flat = new FlatState();
  let head = snapshot === undefined ? thread.head : await load(snapshot, thread, flat);
  /** Changes follow one another; a failed one leaves the tree where it was. */
  let lastChange: Promise<unknown> = Promise.resolve();

  function change<T>(work: () => Promise<T>): Promise<T> {
    const result = lastChange.then(work);
    lastChange = result.catch(() => undefined);
    return result;
  }

  async function recordOf(batch: bigint): Promise<Uint8Array> {
    const record = await records.get(batch);
    if (record === undefined) throw raiseState('STATE_HISTORY_MISSING', `batch ${batch}`);
    return record;
  }

  /** The tree has moved on: without its record it could not go back, so it must not go on. */
  async function keep(batch: bigint, record: Uint8Array): Promise<void> {
    try {
      await records.put(batch, record);
    } catch (cause) {
      await thread.fail(raiseState('STATE_TREE_STOPPED', `the record of batch ${batch} was not kept`, { cause }));
    }
  }

  async function apply({ batch, writes, saltKey }: BatchWrites): Promise<BatchOutcome> {
    if (head.batch !== undefined && batch !== head.batch + 1n) {
      throw raiseState('STATE_TREE_REFUSED', `batch ${batch} after ${head.batch}`);
    }
    const packed = packWrites(writes);
    const key = Uint8Array.from(saltKey.reveal());
    const forTree = packed.slice();
    const answer = await thread.send({ kind: 'apply', batch, writes: forTree, saltKey: key }, [forTree.buffer]);
    await keep(batch, answer.record);
    flat.apply(packed);
    head = answer.head;
    const { root, nextIndex } = answer.head;
    return {
      batch,
      root,
      nextIndex,
      changes: () => decodeChanges(BatchRecord.open(answer.record, batch), answer.keys),
    };
  }

  async function unwindTo(batch: bigint): Promise<void> {
    while (head.batch !== undefined && head.batch > batch) {
      const last = head.batch;
      const record = await recordOf(last);
      const answer = await thread.send({ kind: 'undo', batch: last, before: last - 1n, record });
      flat.apply(answer.values);
      head = answer.head;
    }
  }

  async function headBefore(batch: bigint): Promise<{ readonly root: bigint; readonly nextIndex: number }> {
    const record = BatchRecord.open(await recordOf(batch), batch);
    return { root: record.fr(record.rootBefore), nextIndex: record.sizes.nextIndexBefore };
  }

  async function captureView(batch: bigint, keys: readonly bigint[]): Promise<CapturedView> {
    await lastChange;
    const current = head;
    if (current.batch === undefined || batch > current.batch) {
      throw raiseState('STATE_TREE_REFUSED', `batch ${batch} has not been applied`);
    }
    if (!keys.every((key) => key > 0n && key < FR_MODULUS)) throw raiseState('STATE_TREE_REFUSED', 'not a key');
    const wanted = batch === current.batch ? current : await headBefore(batch + 1n);
    // A later batch may have come in between: the capture tells which tree it read.
    const { capture, batch: captured } = await thread.send({
      kind: 'capture',
      nextIndex: wanted.nextIndex,
      keys: packKeys(keys),
    });
    if (captured > current.batch) await lastChange;
    for (let later = captured; later > batch; later--) {
      await thread.send({ kind: 'rewind', capture, batch: later, record: await recordOf(later) });
    }
    const { data } = await thread.send({ kind: 'finish', capture });
    return { batch, root: wanted.root, data };
  }

  const view = async (batch: bigint, keys: readonly bigint[]): Promise<TreeView> =>
    openView(await captureView(batch, keys));

  return {
    get batch() {
      return head.batch;
    },
    get root() {
      return head.root;
    },
    get nextIndex() {
      return head.nextIndex;
    },
    get: (key) => flat.get(key),
    async applyBatch(request) {
      checkWrites(request.writes);
      return change(() => apply(request));
    },
    unwindTo: (batch) => change(() => unwindTo(batch)),
    view,
    capture: captureView,
    async prove(batch, key) {
      const at = await view(batch, [key]);
      const unsound = (cause?: unknown) =>
        raiseState('STATE_RECORD_INVALID', `the records give no proof at batch ${batch}`, { cause });
      let proof: StateProof;
      try {
        proof = at.prove(key);
      } catch (cause) {
        throw unsound(cause);
      }
      if (!verifyStateProof(at.root, proof)) throw unsound();
      return proof;
    },
    verify: async () => (await thread.send({ kind: 'verify' })).isSound,
    async *snapshot() {
      await lastChange;
      const { batch } = head;
      for (let page = 0; ; page++) {
        const { bytes } = await thread.send({ kind: 'page', batch, page });
        if (bytes === undefined) return;
        yield bytes;
      }
    },
    stopped: thread.stopped,
    close: () => thread.close(),
  };
}

/** A page at a time, so that memory holds the tree and no second copy of it. */
async function load(snapshot: SnapshotBytes, thread: TreeThread, flat: FlatState): Promise<TreeHead> {
  try {
    const { header, pages } = await openSnapshot(snapshot);
    for await (const page of pages) {
      if (page.kind === 'leaves') flat.apply(valuesOfPage(page));
      await thread.send({ kind: 'load', nextIndex: header.nextIndex, page }, [page.words.buffer]);
    }
    return (await thread.send({ kind: 'loaded', ...header })).head;
  } catch (error) {
    await thread.close();
    throw error;
  }
}
