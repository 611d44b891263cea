/** Batches from the block that opens them to their end. Between the end of one and the beginning of the next nothing is lost: see `DenialBook`. */

import { assert } from '../base/assert.ts';
import { MESSAGES_MAX } from '../chain/constants.ts';
import type { SignedDenial } from '../chain/denial.ts';
import type { PriorityOperation } from '../chain/priority-operation.ts';
import type { StateReader } from '../execution/port.ts';
import type { BlockBuilder } from './block-builder.ts';
import type { ChainHead } from './chain-head.ts';
import type { DenialBook } from './denial-book.ts';
import { chainHalted } from './errors.ts';
import type { Journal } from './journal.ts';
import type { Mempool } from './mempool.ts';
import type { OpenBatch } from './open-batch.ts';
import { blockParts } from './operation-parts.ts';
import { policyRootAfter, requireLists } from './operations-in-force.ts';
import type { FindUnknownList, OperationsFrom, SequencerEvents } from './port.ts';
import type { Publisher } from './publisher.ts';
import type { ResumePoint } from './resume-point.ts';
import type { Unwinding } from './unwinding.ts';

export interface BatchLimits {
  readonly operationsPerBatchMax: number;
}

export interface BatchLifecycleDeps {
  readonly head: ChainHead;
  readonly state: StateReader;
  readonly mempool: Pick<Mempool, 'backlog'>;
  readonly denials: DenialBook;
  readonly journal: Journal;
  readonly builder: BlockBuilder;
  readonly publisher: Publisher;
  readonly unwinding: Unwinding;
  readonly operationsFrom: OperationsFrom;
  readonly findUnknownList: FindUnknownList;
  readonly events: Pick<SequencerEvents, 'onBatch'>;
}

export class BatchLifecycle {
  readonly #limits: BatchLimits;
  readonly #deps: BatchLifecycleDeps;
  /** Of the batch after the one that was left last, before its end was in the log. */
  #nextHasDenials = false;

  constructor(limits: BatchLimits, deps: BatchLifecycleDeps) {
    this.#limits = limits;
    this.#deps = deps;
  }

  /** Opens the batch of `slot` with its first block, which holds the L1 operations that are due; all those before `upTo`, for which there may be entries before. */
  async open(slot: bigint, upTo: bigint): Promise<void> {
    const { head, denials, unwinding, operationsFrom } = this.#deps;
    assert(head.openBatch === undefined && !unwinding.isUnderWay, 'a batch can be opened');
    const first = head.processed.index;
    const limit = Math.max(this.#limits.operationsPerBatchMax, Number(upTo - first));
    await this.openWith(slot, operationsFrom(first, limit), () => denials.takeLoose());
  }

  /** `denials` are asked for when the batch begins: what is signed until then stands in the log before it, and belongs to it. */
  async openWith(
    slot: bigint,
    operations: readonly PriorityOperation[],
    denials: () => readonly SignedDenial[],
  ): Promise<void> {
    const { head, builder, journal, publisher } = this.#deps;
    const policyRoot = policyRootAfter(operations, head.policyRoot);
    requireLists(policyRoot, operations, this.#deps);
    for (const part of blockParts(operations)) await journal.write([part]);
    const batch = this.begin(slot, policyRoot, denials());
    const block = builder.first(batch, operations);
    if (batch.messages.length > MESSAGES_MAX) throw chainHalted('HALT_TOO_MANY_MESSAGES', `${batch.messages.length}`);
    await publisher.publish(block, [], [{ kind: 'batch-opened', batch: batch.number, slot, policyRoot }]);
  }

  begin(slot: bigint, policyRoot: bigint, denials: readonly SignedDenial[]): OpenBatch {
    const batch = this.#deps.head.begin(slot, policyRoot);
    batch.denials.push(...denials);
    return batch;
  }

  async close(): Promise<void> {
    // Before the write: a denial signed from here on stands behind this entry in the log, so it belongs to the next batch.
    const batch = this.leave();
    await this.#deps.journal.write([{ kind: 'batch-closed', batch: batch.number }]);
    this.tell(batch);
  }

  leave(): OpenBatch {
    const { head, denials, unwinding } = this.#deps;
    const batch = head.leave();
    this.#nextHasDenials = denials.hasLoose;
    denials.leave(batch.denials);
    unwinding.leave(batch.number);
    return batch;
  }

  /** The end of the batch is in the log. */
  tell(batch: OpenBatch): void {
    this.#deps.events.onBatch(batch, this.#resumePoint());
  }

  /**
   * For the batch that was left last, whose end is in the log and after which none has been opened. None while batches wait to be executed
   * again: which they are stands in the log before, as do denials of the batch to come that were signed before a withdrawal.
   */
  #resumePoint(): ResumePoint | undefined {
    const { head, mempool, journal, unwinding } = this.#deps;
    if (unwinding.batch !== undefined || this.#nextHasDenials) return undefined;
    return { start: head.start, ...journal.atClose, backlog: mempool.backlog.batches };
  }
}
