import { hexToBytes } from '../base/bytes.ts';
import { Secret } from '../base/secret.ts';
import { type Genesis, genesisLeaves } from '../chain/genesis.ts';
import { createMemoryRecords } from '../state/batch-records.ts';
import type { BatchWrites, Tree } from '../state/port.ts';
import { createTree } from '../state/tree.ts';

/** Batch 0 of the tree. */
export const genesisWrites = (genesis: Genesis): BatchWrites => ({
  batch: 0n,
  writes: genesisLeaves(genesis).map(({ key, value }) => ({ key, ...value })),
  saltKey: new Secret(hexToBytes(genesis.saltSeed)),
});

/** Root and size of the genesis tree, computed on the side. */
export async function genesisTreeOf(genesis: Genesis): Promise<Pick<Tree, 'root' | 'nextIndex'>> {
  const tree = await createTree(
    { bytesMax: 2 ** 28, hashThreads: 1 },
    { records: createMemoryRecords({ bytesMax: 2 ** 24 }) },
  );
  try {
    const { root, nextIndex } = await tree.applyBatch(genesisWrites(genesis));
    return { root, nextIndex };
  } finally {
    await tree.close();
  }
}
