import type { FastifyInstance } from 'fastify';
import { bytesToHex } from '../../base/bytes.ts';

export interface ChainDescription {
  readonly chainId: bigint;
  readonly chainName: string;
  readonly l1ChainId: bigint;
  readonly l1ChainName: string;
  /** Compressed secp256k1 key that signs denials: published, so that whoever gets one can check it. */
  readonly denialPublicKey: Uint8Array;
  readonly baseToken: { readonly name: string; readonly symbol: string; readonly decimals: number };
}

/** How clients find the API. Public facts only. */
export function wellKnownRoutes(
  app: FastifyInstance,
  options: { readonly publicUrl: string; readonly version: string; readonly chain: ChainDescription },
): void {
  const { publicUrl, version, chain } = options;
  const answer = {
    apiUrl: publicUrl,
    v1: {
      chainId: Number(chain.chainId),
      chainName: chain.chainName,
      l1ChainId: Number(chain.l1ChainId),
      l1ChainName: chain.l1ChainName,
      baseToken: { ...chain.baseToken, l1Address: '0x0000000000000000000000000000000000000001' },
      denialPublicKey: bytesToHex(chain.denialPublicKey),
      rpcUrl: `${publicUrl}/rpc`,
      userPanelUrl: publicUrl,
      blockExplorerUrl: publicUrl,
      version,
    },
  };
  app.get('/.well-known/prividium', async () => answer);
}
