import type { Config } from '../config/schema.ts';
import { createPriorityWatcher, type PriorityWatcher } from '../settlement/priority-watcher.ts';
import type { ChainFoundation } from './development-chain.ts';
import type { L1 } from './l1.ts';

const logRangeBlocks = 5_000n;

/** The L1 queue of this chain's bridge. */
export const watchPriorityQueue = (config: Config, { genesis, place }: ChainFoundation, l1: L1): PriorityWatcher =>
  createPriorityWatcher(
    {
      domain: genesis,
      bridge: place.bridge,
      confirmationsMin: BigInt(config['l1.confirmationsMin']),
      logRangeBlocks,
      fromBlock: place.startBlock,
    },
    { client: l1.client },
  );
