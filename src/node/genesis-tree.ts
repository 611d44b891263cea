import { hexToBytes } from '../base/bytes.ts';
import { Secret } from '../base/secret.ts';
import { type Genesis, genesisLeaves } from '../chain/genesis.ts';
import { IndexedTree } from '../state/indexed-tree.ts';
import { packWrites } from '../state/packed-writes.ts';
import type { BatchWrites, Tree } from '../state/port.ts';
import { createSaltWriter } from '../state/salt-writer.ts';

/** Batch 0 of the tree. */
export const genesisWrites = (genesis: Genesis): BatchWrites => ({
  batch: 0n,
  writes: genesisLeaves(genesis).map(({ key, value }) => ({ key, ...value })),
  saltKey: new Secret(hexToBytes(genesis.saltSeed)),
});

/** Root and size of the genesis tree, computed on the side, in this thread: it is small. */
export function genesisTreeOf(genesis: Genesis): Pick<Tree, 'root' | 'nextIndex'> {
  const { batch, writes, saltKey } = genesisWrites(genesis);
  const tree = new IndexedTree({ bytesMax: 2 ** 28 });
  tree.apply(batch, packWrites(writes), createSaltWriter(saltKey.reveal(), batch));
  return { root: tree.root, nextIndex: tree.nextIndex };
}
