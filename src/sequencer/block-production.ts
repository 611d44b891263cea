import { assert } from '../base/assert.ts';
import type { BlockBuilder } from './block-builder.ts';
import type { ChainHead } from './chain-head.ts';
import type { Publisher } from './publisher.ts';
import type { Unwinding } from './unwinding.ts';
import type { WaitingExpiry } from './waiting-expiry.ts';

export interface BlockProductionDeps {
  readonly head: Pick<ChainHead, 'openBatch'>;
  readonly builder: BlockBuilder;
  readonly expiry: WaitingExpiry;
  readonly publisher: Publisher;
  readonly unwinding: Pick<Unwinding, 'isUnderWay'>;
}

/** One block at a time, from what waits. */
export class BlockProduction {
  readonly #deps: BlockProductionDeps;
  #isBuilding = false;

  constructor(deps: BlockProductionDeps) {
    this.#deps = deps;
  }

  /** What follows would take the batch away from under a block. */
  assertIdle(what: string): void {
    assert(!this.#isBuilding, what);
  }

  /** Resolves when the block is durable. False when there was nothing to do. */
  async build(): Promise<boolean> {
    const { head, builder, expiry, publisher, unwinding } = this.#deps;
    const batch = head.openBatch;
    if (batch === undefined || this.#isBuilding || unwinding.isUnderWay) return false;
    this.#isBuilding = true;
    try {
      const denials = expiry.expire(batch);
      const block = builder.fill(batch, denials);
      if (block === undefined && denials.length === 0) return false;
      await publisher.publish(block, denials);
      return block !== undefined;
    } finally {
      this.#isBuilding = false;
    }
  }
}
