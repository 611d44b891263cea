import { assert } from '../base/assert.ts';
import type { SignedDenial } from '../chain/denial.ts';
import type { SignedTransaction } from '../chain/transaction.ts';
import { type WithdrawnBatch, type WithdrawnBlock, withdrawnBlock } from '../sequencer/re-execution.ts';
import type { ChainIndex } from './chain-index.ts';

export interface TakenBatch {
  readonly number: bigint;
  readonly slot: bigint;
  readonly firstBlock: bigint;
  readonly lastBlock: bigint;
  readonly isClosed: boolean;
  /** The list itself: a denial on its way to the log is in it. */
  readonly denials: SignedDenial[];
}

/** What the batches are, as they have to be executed again, and every transaction in them. */
export async function withdrawnBatches(
  batches: readonly TakenBatch[],
  index: Pick<ChainIndex, 'block'>,
): Promise<{ readonly planned: WithdrawnBatch[]; readonly transactions: SignedTransaction[] }> {
  const planned: WithdrawnBatch[] = [];
  const transactions: SignedTransaction[] = [];
  for (const { number, slot, firstBlock, lastBlock, isClosed, denials } of batches) {
    const blocks: WithdrawnBlock[] = [];
    for (let at = firstBlock; at <= lastBlock; at++) {
      const block = await index.block(at);
      assert(block !== undefined, `block ${at} is in the index`);
      blocks.push(withdrawnBlock(block));
      for (const item of block.items) if (item.kind === 'transaction') transactions.push(item.transaction);
    }
    planned.push({ number, slot, isClosed, denials, blocks });
  }
  return { planned, transactions };
}
