/** Decides after which sealed batches a checkpoint is worth its writing, and writes it. A failure costs the next start time, nothing else. */

import type { Logger } from 'pino';
import { isPrivityError } from '../base/errors.ts';
import type { FreshDigest } from '../prover/port.ts';
import type { ResumePoint } from '../sequencer/resume-point.ts';
import type { Tree } from '../state/port.ts';
import type { CheckpointStore } from './checkpoint-store.ts';

/**
 * Replaying an entry of the log takes some 0.3 ms and sealing a batch again some 30; writing a leaf takes some 2 microseconds. So a checkpoint
 * is due when the replay that it saves is worth as many entries as a hundredth of the tree's leaves.
 */
const leavesPerEntry = 100;
const entriesPerBatch = 100;
/** While the log is replayed most batches are soon followed by others: one in so many entries is enough. */
const entriesBetweenInReplay = 50_000;

export class CheckpointWriter {
  readonly #deps: { readonly store: CheckpointStore; readonly tree: Tree; readonly log: Logger };
  /** Of the batches that are closed and not sealed. */
  readonly #closed = new Map<bigint, { readonly closedAt: number; readonly resume: ResumePoint }>();
  #last: { readonly batch: bigint; readonly closedAt: number };

  constructor(
    last: { readonly batch: bigint; readonly closedAt: number },
    deps: { readonly store: CheckpointStore; readonly tree: Tree; readonly log: Logger },
  ) {
    this.#last = last;
    this.#deps = deps;
  }

  onClosed(batch: bigint, closedAt: number, resume: ResumePoint): void {
    this.#closed.set(batch, { closedAt, resume });
  }

  /** The tree holds `batch` and holds still until this resolves. */
  async onSealed(batch: bigint, sealedAt: number, after: FreshDigest, live: boolean): Promise<void> {
    const closed = this.#closed.get(batch);
    this.#closed.delete(batch);
    if (closed === undefined || !this.#isDue(batch, closed.closedAt, live)) return;
    const { store, tree, log } = this.#deps;
    const { closedAt, resume } = closed;
    const { start, waiting, denied, backlog } = resume;
    try {
      await store.write(
        { batch, closedAt, sealedAt, after, ring: start.ring.hashes, waiting, denied, backlog },
        tree.snapshot(),
      );
      this.#last = { batch, closedAt };
      log.debug({ batch: Number(batch), leaves: tree.nextIndex }, 'checkpoint.written');
    } catch (error) {
      if (!isPrivityError(error)) throw error;
      log.warn({ code: error.code, batch: Number(batch), err: error }, 'checkpoint.not_written');
    }
  }

  #isDue(batch: bigint, closedAt: number, live: boolean): boolean {
    // Batches may have been withdrawn since, and their checkpoints with them.
    const batches = Math.max(0, Number(batch - this.#last.batch));
    const saved = closedAt - this.#last.closedAt + batches * entriesPerBatch;
    return saved >= Math.max(this.#deps.tree.nextIndex / leavesPerEntry, live ? 0 : entriesBetweenInReplay);
  }
}
