import type { FastifyInstance } from 'fastify';

export interface ChainDescription {
  readonly chainId: bigint;
  readonly chainName: string;
  readonly l1ChainId: bigint;
  readonly l1ChainName: string;
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
      rpcUrl: `${publicUrl}/rpc`,
      userPanelUrl: publicUrl,
      blockExplorerUrl: publicUrl,
      version,
    },
  };
  app.get('/.well-known/prividium', async () => answer);
}
