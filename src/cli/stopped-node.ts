import { systemClock } from '../base/clock.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { verifyConfig } from '../config/verify.ts';
import type { ChainFoundation } from '../node/development-chain.ts';
import { foldersOf } from '../node/folders.ts';
import { type NodeKeys, openKeys } from '../node/keys.ts';
import { createLog } from '../node/log.ts';
import { openNodeStore } from '../node/open-node-store.ts';
import { readFoundation } from '../node/read-foundation.ts';
import type { Store } from '../store/port.ts';
import { type CliContext, configOf } from './command.ts';

/** What a node that does not run has left. */
export interface StoppedNode {
  readonly config: Config;
  readonly foundation: ChainFoundation;
  readonly keys: NodeKeys;
  readonly store: Store;
}

/**
 * Works on the store that the configuration names. Throws STORE_LOCKED when a node runs on it, and NODE_GENESIS when there is no chain: nothing is
 * made in a wrong folder.
 */
export async function withStoppedNode<T>(
  values: Readonly<Record<string, unknown>>,
  context: CliContext,
  work: (node: StoppedNode) => Promise<T>,
): Promise<T> {
  const config = loadConfig(configOf(values, context));
  verifyConfig(config);
  const folders = foldersOf(config);
  const foundation = readFoundation(config, folders);
  const keys = await openKeys(config, folders, context.environment);
  const store = await openNodeStore(config, folders, { keys, clock: systemClock, log: createLog('error') });
  try {
    return await work({ config, foundation, keys, store });
  } finally {
    await store.close();
  }
}
