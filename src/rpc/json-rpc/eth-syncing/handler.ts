import type { RpcMethod } from '../method.ts';
import { methodWithoutParams } from '../no-params.ts';

export const ethSyncing = (): RpcMethod => methodWithoutParams('eth_syncing', () => false);
