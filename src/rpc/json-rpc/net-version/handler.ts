import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { methodWithoutParams } from '../no-params.ts';

export const netVersion = ({ chainId }: Pick<MethodDeps, 'chainId'>): RpcMethod =>
  methodWithoutParams('net_version', () => chainId.toString());
