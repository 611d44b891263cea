/**
 * Accounts as of past blocks: those that end a sealed batch, which `safe`, `finalized` and recent enough numbers name. Within a batch the tree has
 * no roots; a state there would have to be executed again, for which nobody has asked yet.
 */

import { accountKey } from '../../chain/keys.ts';
import type { Word } from '../../chain/word.ts';
import { executionError } from '../../execution/errors.ts';
import type { Tree } from '../../state/port.ts';
import type { BatchBook } from '../batch-book.ts';
import type { ChainIndex } from '../chain-index.ts';

export interface AccountHistory {
  /** The batch that ends with this block and whose state is kept; undefined for any other block. */
  batchEndingAt(block: bigint): Promise<bigint | undefined>;
  /** Nonce and balance after that batch. */
  account(batch: bigint, address: bigint): Promise<Word>;
}

/** Each batch back is a record to read, some 3 ms. */
const batchesBackMax = 144n;
const rememberedMax = 4_096;
const waitingMax = 64;

export function createAccountHistory(deps: {
  readonly index: Pick<ChainIndex, 'header'>;
  readonly book: Pick<BatchBook, 'get' | 'latest'>;
  readonly tree: Pick<Tree, 'view'>;
}): AccountHistory {
  const { index, book, tree } = deps;
  /** By state root and address: what is withdrawn and executed again has another root. */
  const remembered = new Map<string, Word>();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  /** One at a time, whoever asks: looking back reads files. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (waiting >= waitingMax) throw executionError('CALL_BUSY', 'past states');
    waiting += 1;
    const result = last.then(work);
    last = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      waiting -= 1;
    }
  }

  async function batchEndingAt(block: bigint): Promise<bigint | undefined> {
    const batch = block === 0n ? 0n : (await index.header(block))?.batch;
    if (batch === undefined || batch + batchesBackMax < book.latest) return undefined;
    return (await book.get(batch))?.lastBlock === block ? batch : undefined;
  }

  return {
    batchEndingAt,
    async account(batch, address) {
      const root = (await book.get(batch))?.stored.stateRoot;
      const name = `${root}:${address}`;
      const known = remembered.get(name);
      if (known !== undefined) return known;
      const key = accountKey(address);
      const word = await inTurn(async () => (await tree.view(batch, [key])).get(key));
      remembered.set(name, word);
      for (const oldest of remembered.keys()) if (remembered.size > rememberedMax) remembered.delete(oldest);
      return word;
    },
  };
}
