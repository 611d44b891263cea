import type { Hex } from '../base/bytes.ts';
import type { Config } from '../config/schema.ts';
import { readPlaceFile } from './deployment-file.ts';
import type { ChainFoundation } from './development-chain.ts';
import { nodeError } from './errors.ts';
import type { Folders } from './folders.ts';
import { readGenesisFile } from './genesis-file.ts';
import { requireFit } from './require-fit.ts';

/** Genesis and the places of the contracts, as files and configuration give them; makes nothing. Throws NODE_GENESIS when they disagree. */
export function readFoundation(config: Config, folders: Folders): ChainFoundation {
  const genesis = readGenesisFile(folders.genesis);
  const place = config.mode === 'development' ? readPlaceFile(folders.deployment) : configuredPlace(config);
  if (place === undefined) throw nodeError('NODE_GENESIS', `${folders.deployment} is missing`);
  requireFit(config, genesis);
  if (genesis.bridge !== BigInt(place.bridge)) throw nodeError('NODE_GENESIS', `its bridge is not ${place.bridge}`);
  return { genesis, place };
}

const configuredPlace = (config: Config): ChainFoundation['place'] => ({
  chain: config['l1.chain'] as Hex,
  bridge: config['l1.bridge'] as Hex,
  governor: config['l1.governor'] as Hex,
  startBlock: BigInt(config['l1.startBlock']),
});
