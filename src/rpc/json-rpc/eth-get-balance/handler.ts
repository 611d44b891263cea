import { findAccount } from '../answer/find-account.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { toQuantity } from '../schema/primitives.ts';

export const ethGetBalance = (deps: Pick<MethodDeps, 'chain' | 'foreignReads'>): RpcMethod => ({
  name: 'eth_getBalance',
  async handle(params, context) {
    const account = await findAccount('eth_getBalance', params, deps, context);
    return toQuantity(account?.balance ?? 0n);
  },
});
