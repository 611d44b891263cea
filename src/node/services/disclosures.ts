import { TX_TREE_DEPTH } from '../../chain/constants.ts';
import { accountKey } from '../../chain/keys.ts';
import { buildMerkleTree } from '../../chain/merkle.ts';
import { recordLeaf } from '../../chain/record-leaf.ts';
import type { Word } from '../../chain/word.ts';
import { type BundleTarget, buildBalanceBundle, buildTransactionBundle } from '../../disclosure/build.ts';
import type { Disclosures } from '../../rpc/port.ts';
import type { BatchBook, BookedBatch } from '../batch-book.ts';
import type { ChainIndex } from '../chain-index.ts';

export interface LeafProof {
  readonly index: number;
  readonly value: Word;
  /** P2(NEXT; nextKey, salt). */
  readonly next: bigint;
  readonly siblings: readonly bigint[];
}

export interface DisclosuresDeps {
  readonly book: BatchBook;
  readonly index: ChainIndex;
  readonly target: Omit<BundleTarget, 'batch'>;
  /** Opens a leaf under the tree root after a batch; undefined when it has none. */
  readonly leafAfter: (batch: bigint, key: bigint) => Promise<LeafProof | undefined>;
}

export function createDisclosures({ book, index, target, leafAfter }: DisclosuresDeps): Disclosures {
  const settled = async (number: bigint): Promise<BookedBatch | undefined> =>
    number <= book.counts.executed ? book.get(number) : undefined;

  const recordsOf = async (batch: BookedBatch): Promise<bigint[]> => {
    const leaves: bigint[] = [];
    for (let number = batch.firstBlock; number <= batch.lastBlock; number++) {
      for (const item of (await index.block(number))?.items ?? []) leaves.push(recordLeaf(item));
    }
    return leaves;
  };

  return {
    async transaction(hash) {
      const found = await index.item(hash);
      if (found === undefined || found.item.kind !== 'transaction') return undefined;
      const batch = await settled(found.header.batch);
      if (batch === undefined) return undefined;
      const tree = buildMerkleTree(await recordsOf(batch), TX_TREE_DEPTH);
      const siblings = tree.siblings(found.item.record);
      return buildTransactionBundle({ ...target, batch: batch.stored }, found.item, siblings, batch.records);
    },
    async balance(address) {
      const batch = await settled(book.counts.executed);
      if (batch === undefined) return undefined;
      const proof = await leafAfter(batch.stored.batchNumber, accountKey(address));
      if (proof === undefined) return undefined;
      return buildBalanceBundle(
        { ...target, batch: batch.stored },
        { address, nonce: proof.value.hi, balance: proof.value.lo },
        { ...proof, environment: batch.environment },
      );
    },
  };
}
