import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { methodWithoutParams } from '../no-params.ts';
import { toQuantity } from '../schema/primitives.ts';

/** The base fee: nobody has to outbid anybody here. */
export const ethGasPrice = ({ chain }: Pick<MethodDeps, 'chain'>): RpcMethod =>
  methodWithoutParams('eth_gasPrice', () => toQuantity(chain.baseFee()));
