import type { Genesis } from '../chain/genesis.ts';
import type { Config } from '../config/schema.ts';
import { nodeError } from './errors.ts';

/** What the genesis file fixed for ever cannot be configured differently later. Throws NODE_GENESIS. */
export function requireFit(config: Config, genesis: Genesis): void {
  const fixed = [
    ['chain.id', genesis.chainId],
    ['l1.chainId', genesis.l1ChainId],
    ['chain.batchIntervalSeconds', genesis.context.batchIntervalSeconds],
  ] as const;
  for (const [field, value] of fixed) {
    if (BigInt(config[field]) !== value) {
      throw nodeError('NODE_GENESIS', '', {
        publicText: `${field} is ${config[field]}, but this chain's genesis file says ${value}.`,
      });
    }
  }
}
