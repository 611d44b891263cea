import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { methodWithoutParams } from '../no-params.ts';
import { toQuantity } from '../schema/primitives.ts';

export const ethChainId = ({ chainId }: Pick<MethodDeps, 'chainId'>): RpcMethod =>
  methodWithoutParams('eth_chainId', () => toQuantity(chainId));
