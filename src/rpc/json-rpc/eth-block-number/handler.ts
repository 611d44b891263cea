import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { methodWithoutParams } from '../no-params.ts';
import { toQuantity } from '../schema/primitives.ts';

export const ethBlockNumber = ({ chain }: Pick<MethodDeps, 'chain'>): RpcMethod =>
  methodWithoutParams('eth_blockNumber', () => toQuantity(chain.heads().latest));
