/**
 * Executes withdrawn batches again, step by step: the same slots, blocks and order. Each step is durable before the next, and which one is next
 * follows from the log, so that it goes on where a kill left it.
 */

import { assert } from '../base/assert.ts';
import type { SignedDenial } from '../chain/denial.ts';
import type { BatchLifecycle } from './batch-lifecycle.ts';
import type { BlockBuilder } from './block-builder.ts';
import type { ChainHead } from './chain-head.ts';
import type { DenialBook } from './denial-book.ts';
import type { Mempool } from './mempool.ts';
import type { OpenBatch } from './open-batch.ts';
import type { Publisher } from './publisher.ts';
import type { WithdrawnBlock } from './re-execution.ts';
import type { Unwinding } from './unwinding.ts';

export interface ReExecutorDeps {
  readonly head: ChainHead;
  readonly mempool: Pick<Mempool, 'lanes'>;
  readonly denials: DenialBook;
  readonly builder: BlockBuilder;
  readonly publisher: Publisher;
  readonly batches: BatchLifecycle;
  readonly unwinding: Unwinding;
}

/** In place of what a withdrawn block's transaction has no other ground for. */
const withdrawn = {
  code: 'revoked',
  ruleId: 'sequencer.withdrawn',
  reason: 'it does not fit or does not pay any more',
} as const;

export class ReExecutor {
  readonly #deps: ReExecutorDeps;

  constructor(deps: ReExecutorDeps) {
    this.#deps = deps;
  }

  /** False when nothing is left. */
  async step(): Promise<boolean> {
    const { head, mempool, batches, unwinding } = this.#deps;
    const again = unwinding.current;
    const planned = unwinding.batch;
    if (again === undefined || planned === undefined) {
      unwinding.end();
      return false;
    }
    const batch = head.openBatch;
    if (batch === undefined) {
      await batches.openWith(planned.slot, again.operationsFrom(head.processed.index), () => planned.denials);
      return true;
    }
    assert(batch.number === planned.number, 'the withdrawn batch is open');
    const block = planned.blocks.find(({ transactions }) => transactions.some((hash) => mempool.lanes.byHash(hash)));
    if (block !== undefined) await this.#executeAgain(batch, block);
    else if (planned.isClosed) await batches.close();
    else unwinding.leave(planned.number);
    return true;
  }

  /** Each transaction gets its receipt again, or a denial at once: nothing is left waiting that had a receipt. */
  async #executeAgain(batch: OpenBatch, { timestamp, transactions }: WithdrawnBlock): Promise<void> {
    const { head, mempool, denials: book, builder, publisher } = this.#deps;
    batch.openBlock(timestamp);
    const context = head.context(batch.nextBlockNumber, timestamp);
    const denials: SignedDenial[] = [];
    for (const hash of transactions) {
      const pending = mempool.lanes.byHash(hash);
      if (pending === undefined || builder.include(batch, context, pending, denials)) continue;
      denials.push(book.deny(pending, withdrawn));
    }
    await publisher.publish(batch.closeOrDropBlock(), denials);
  }
}
