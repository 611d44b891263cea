/** Facts of batches that must be there. The log still has what is lost: a start before that batch makes it anew. */

import { isPrivityError } from '../../base/errors.ts';
import type { FreshDigest } from '../../prover/port.ts';
import type { BatchFacts, BatchFactsStore } from '../batch-facts.ts';
import type { CheckpointStore } from '../checkpoint-store.ts';
import { nodeError } from '../errors.ts';

/** Throws NODE_FACTS_INVALID for what is missing or damaged, when no later start would begin behind it any more. */
export class RequiredFacts {
  readonly #facts: Pick<BatchFactsStore, 'get' | 'digestAfter'>;
  readonly #checkpoints: Pick<CheckpointStore, 'removeAfter'> | undefined;

  constructor(
    facts: Pick<BatchFactsStore, 'get' | 'digestAfter'>,
    checkpoints: Pick<CheckpointStore, 'removeAfter'> | undefined,
  ) {
    this.#facts = facts;
    this.#checkpoints = checkpoints;
  }

  of(batch: bigint): Promise<BatchFacts> {
    return this.#orLost(batch, this.#facts.get(batch));
  }

  digestAfter(batch: bigint): Promise<FreshDigest> {
    return this.#orLost(batch, this.#facts.digestAfter(batch));
  }

  async #orLost<T>(batch: bigint, looked: Promise<T | undefined>): Promise<T> {
    let cause: unknown;
    try {
      const found = await looked;
      if (found !== undefined) return found;
    } catch (error) {
      if (!isPrivityError(error, 'NODE_FACTS_INVALID') && !isPrivityError(error, 'STORE_FILE_CORRUPT')) throw error;
      cause = error;
    }
    await this.#checkpoints?.removeAfter(batch - 1n);
    throw nodeError('NODE_FACTS_INVALID', `batch ${batch}`, { cause });
  }
}
