import { join, resolve } from 'node:path';
import type { Config } from '../config/schema.ts';

/** Where things lie below the data folder. */
export interface Folders {
  readonly data: string;
  readonly store: string;
  readonly keys: string;
  readonly l1: string;
  readonly cache: string;
  /** Reference string, circuits and keys, below the cache. */
  readonly prover: string;
  readonly genesis: string;
  readonly deployment: string;
}

export function foldersOf(config: Config): Folders {
  const data = resolve(config.dataDir);
  const cache = config.cacheDir === '' ? join(data, 'cache') : resolve(config.cacheDir);
  return {
    data,
    store: join(data, 'store'),
    keys: join(data, 'keys'),
    l1: join(data, 'l1'),
    cache,
    prover: join(cache, 'privity-prover'),
    genesis: config.genesisFile === '' ? join(data, 'genesis.json') : resolve(config.genesisFile),
    deployment: join(data, 'deployment.json'),
  };
}
