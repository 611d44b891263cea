import type { BlockRing } from '../chain/block-hash.ts';
import type { Genesis } from '../chain/genesis.ts';
import type { BatchStart } from './open-batch.ts';

/** The first batch of a chain starts here. Slots before genesis cannot be used: the genesis slot counts as taken. */
export const genesisStart = (genesis: Genesis, ring: BlockRing): BatchStart => ({
  domain: { l1ChainId: genesis.l1ChainId, bridge: genesis.bridge, chainId: genesis.chainId },
  number: 1n,
  blockNumber: 0n,
  timestamp: genesis.timestamp,
  ring,
  parentHash: ring.hashAt(0n),
  context: { ...genesis.context, prevrandao: 0n },
  priorityRoll: 0n,
  priorityIndex: 0n,
  lastSlot: genesis.timestamp / genesis.context.batchIntervalSeconds,
});
