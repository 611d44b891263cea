import type { Hex } from '../base/bytes.ts';
import type { Config, ConfigPath } from '../config/schema.ts';
import { readPlaceFile } from './deployment-file.ts';
import type { ChainFoundation } from './development-chain.ts';
import { nodeError } from './errors.ts';
import type { Folders } from './folders.ts';
import { readGenesisFile } from './genesis-file.ts';

/** Genesis and the places of the contracts, as files and configuration give them; makes nothing. */
export function readFoundation(config: Config, folders: Folders): ChainFoundation {
  const genesis = readGenesisFile(folders.genesis);
  const place = config.mode === 'development' ? readPlaceFile(folders.deployment) : configuredPlace(config);
  if (place === undefined) throw nodeError('NODE_GENESIS', `${folders.deployment} is missing`);
  const foundation = { genesis, place };
  requireFit(config, foundation);
  return foundation;
}

/** Throws NODE_GENESIS, naming the field, when the configuration is that of another chain. */
export function requireFit(config: Config, { genesis, place }: ChainFoundation): void {
  const differs = (field: ConfigPath, value: unknown) =>
    nodeError('NODE_GENESIS', `${field} is ${config[field]}, the genesis file has ${value}`);
  if (genesis.chainId !== BigInt(config['chain.id'])) throw differs('chain.id', genesis.chainId);
  if (genesis.l1ChainId !== BigInt(config['l1.chainId'])) throw differs('l1.chainId', genesis.l1ChainId);
  const { batchIntervalSeconds } = genesis.context;
  if (batchIntervalSeconds !== BigInt(config['chain.batchIntervalSeconds']))
    throw differs('chain.batchIntervalSeconds', batchIntervalSeconds);
  if (genesis.bridge !== BigInt(place.bridge)) throw nodeError('NODE_GENESIS', `its bridge is not ${place.bridge}`);
}

const configuredPlace = (config: Config): ChainFoundation['place'] => ({
  chain: config['l1.chain'] as Hex,
  bridge: config['l1.bridge'] as Hex,
  governor: config['l1.governor'] as Hex,
  startBlock: BigInt(config['l1.startBlock']),
});
