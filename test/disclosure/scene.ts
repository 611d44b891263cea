/** One real batch, from the sequencer through the real tree and seal, and Ethereum's view of it as a map. */

import { hexToBytes } from '../../src/base/bytes.ts';
import { Secret } from '../../src/base/secret.ts';
import { contextOfState } from '../../src/chain/block-context.ts';
import { SYSTEM_NAME, TAG, TX_TREE_DEPTH } from '../../src/chain/constants.ts';
import { genesisDigest } from '../../src/chain/genesis.ts';
import { accountKey, systemKey } from '../../src/chain/keys.ts';
import { buildMerkleTree } from '../../src/chain/merkle.ts';
import { p2 } from '../../src/chain/poseidon2.ts';
import { recordLeaf } from '../../src/chain/record-leaf.ts';
import { hashStoredBatch } from '../../src/chain/stored-batch.ts';
import { buildBalanceBundle, buildTransactionBundle } from '../../src/disclosure/build.ts';
import type { L1View } from '../../src/disclosure/verify.ts';
import { genesisWrites } from '../../src/node/genesis-tree.ts';
import { blindOf, sealBatch } from '../../src/sequencer/seal-batch.ts';
import { createMemoryRecords } from '../../src/state/batch-records.ts';
import { createTree } from '../../src/state/tree.ts';
import { transactionOf } from '../execution/support.ts';
import { alice, bob, carol, GENESIS, openScene, transfer } from '../sequencer/scene.ts';

export const CONTRACT = 0xc0ffeen;
export const L1_CHAIN_ID = GENESIS.l1ChainId;
const saltKey = new Secret(new Uint8Array(32).fill(3));

export type DisclosedBatch = Awaited<ReturnType<typeof discloseBatch>>;

/** A transfer, a withdrawal (which logs) and a deposit, sealed. */
export async function discloseBatch() {
  const scene = openScene();
  const tree = await createTree(
    { bytesMax: 2 ** 26, hashThreads: 1 },
    { records: createMemoryRecords({ bytesMax: 2 ** 22 }) },
  );
  const before = genesisDigest(GENESIS, await tree.applyBatch(genesisWrites(GENESIS)));
  scene.operations.push({ index: 0n, kind: 1, sender: 1n, a: carol.address, b: 5n });
  await scene.open();
  await scene.submit(transfer(alice));
  const receiver = hexToBytes(`0x51cff8d9${'00'.repeat(12)}${'11'.repeat(20)}`);
  await scene.submit(transactionOf(alice, { nonce: 1n, to: 0x800an, value: 7n, data: receiver, gasLimit: 100_000n }));
  await scene.sequencer.buildBlock();
  await scene.sequencer.close();
  const batch = scene.batches[0]!;
  const blind = blindOf(12345n);
  const after = await tree.applyBatch({
    batch: 1n,
    saltKey,
    writes: [
      ...[...batch.dirty].map(([key, { hi, lo }]) => ({ key, hi, lo })),
      { key: systemKey(SYSTEM_NAME.PRIORITY), hi: 0n, lo: 1n },
      { key: systemKey(SYSTEM_NAME.BLIND), ...blind.word },
    ],
  });
  const sealed = sealBatch({
    batch,
    before: before.digest,
    tree: after,
    nextContext: contextOfState((key) => tree.get(key)),
    blind: blind.field,
    records: { auditRoot: 11n, denialRoot: 22n, dataHash: 33n, batchSalt: 44n },
  });
  const items = scene.blocks.flatMap((block) => block.items);
  const records = buildMerkleTree(items.map(recordLeaf), TX_TREE_DEPTH);
  const target = {
    l1ChainId: L1_CHAIN_ID,
    chainContract: CONTRACT,
    chainId: GENESIS.chainId,
    batch: sealed.stored,
  };
  const transactionBundle = (position: number) => {
    const item = items[position]!;
    if (item.kind !== 'transaction') throw new Error(`record ${position} is an operation`);
    return buildTransactionBundle(target, item, records.siblings(item.record), sealed.records);
  };
  const proof = await tree.prove(1n, accountKey(bob.address));
  if (proof.kind !== 'member') throw new Error('Bob has an account');
  const balanceBundle = buildBalanceBundle(
    target,
    { address: bob.address, nonce: proof.leaf.hi, balance: proof.leaf.lo },
    {
      index: proof.index,
      next: p2(TAG.NEXT, proof.leaf.nextKey, proof.leaf.salt),
      siblings: proof.siblings,
      environment: sealed.environment,
    },
  );
  await tree.close();
  return {
    stored: sealed.stored,
    transfer: transactionBundle(1),
    withdrawal: transactionBundle(2),
    balance: balanceBundle,
  };
}

export const l1View = (
  { stored }: Pick<DisclosedBatch, 'stored'>,
  {
    executed = 1n,
    finalized = 1n,
    chainId = L1_CHAIN_ID,
  }: { executed?: bigint; finalized?: bigint; chainId?: bigint } = {},
): L1View => ({
  block: 99n,
  chainId: async () => chainId,
  settledChainId: async (contract) => (contract === CONTRACT ? GENESIS.chainId : 0n),
  storedBatchHash: async (contract, batch) =>
    contract === CONTRACT && batch === stored.batchNumber ? hashStoredBatch(stored) : `0x${'00'.repeat(32)}`,
  batchesExecuted: async () => executed,
  batchesFinalized: async () => finalized,
});
