import type { PublicClient } from 'viem';
import type { Config } from '../config/schema.ts';
import { privityBridgeAbi } from '../settlement/abi/privity-bridge.ts';
import type { L1Place } from './deployment-file.ts';
import { nodeError } from './errors.ts';
import { wethOf } from './l1.ts';

/** The token vault's views answer clients from settings; they must be what the bridge on Ethereum says of itself. Throws NODE_L1_MISMATCH. */
export async function requireBridge(config: Config, place: L1Place, client: PublicClient): Promise<void> {
  const weth = await client.readContract({ address: place.bridge, abi: privityBridgeAbi, functionName: 'WETH_TOKEN' });
  if (weth.toLowerCase() === wethOf(config).toLowerCase()) return;
  throw nodeError('NODE_L1_MISMATCH', '', {
    publicText: `l1.weth must be ${weth}, which PrivityBridge names as wrapped ether (all zeros: leave it empty).`,
  });
}
