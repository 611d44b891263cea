/** Opens the Ethereum side: the embedded node in development, the configured one otherwise. */

import { createPublicClient, type PublicClient } from 'viem';
import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { shownUrl } from '../base/secret-url.ts';
import type { Config } from '../config/schema.ts';
import { settlementError } from '../settlement/errors.ts';
import { l1Transport } from '../settlement/l1-transport.ts';
import { devAccountCount, developmentMnemonic } from './dev-accounts.ts';
import { type EmbeddedL1, startEmbeddedL1 } from './embedded-l1.ts';
import { nodeError } from './errors.ts';
import type { Folders } from './folders.ts';

export interface L1 {
  readonly client: PublicClient;
  /** Absent when the node is not ours. */
  readonly embedded: EmbeddedL1 | undefined;
}

const embeddedBlockSeconds = 1;
const noAddress = '0x0000000000000000000000000000000000000000';

/** Wrapped ether as the settings say; the zero address where there is none, as PrivityBridge says it. */
export const wethOf = (config: Config): Hex => (config['l1.weth'] === '' ? noAddress : (config['l1.weth'] as Hex));

export async function openL1(config: Config, folders: Folders, deps: { clock: Clock }): Promise<L1> {
  const client = createPublicClient({
    transport: l1Transport(config['l1.url'], { retryCount: 1, timeout: 10_000 }),
    pollingInterval: config['l1.pollIntervalMs'],
    cacheTime: 0,
  });
  const embedded = config.mode === 'development' ? await startEmbedded(config, folders, deps) : undefined;
  const chainId = await client.getChainId().catch((cause: unknown) => {
    throw settlementError('L1_UNREACHABLE', shownUrl(config['l1.url']), { cause });
  });
  if (chainId !== config['l1.chainId']) throw settlementError('L1_WRONG_CHAIN', `chain id ${chainId}`);
  return { client, embedded };
}

async function startEmbedded(config: Config, folders: Folders, deps: { clock: Clock }): Promise<EmbeddedL1> {
  const { hostname, port } = new URL(config['l1.url']);
  if (hostname !== '127.0.0.1' && hostname !== 'localhost') {
    throw nodeError('NODE_L1_START', '', {
      publicText: 'Development runs its own Ethereum node: l1.url must be on 127.0.0.1.',
    });
  }
  return startEmbeddedL1(
    {
      folder: folders.l1,
      port: Number(port),
      chainId: config['l1.chainId'],
      mnemonic: developmentMnemonic,
      accounts: devAccountCount,
      blockTimeSeconds: embeddedBlockSeconds,
    },
    deps,
  );
}
