import { findAccount } from '../answer/find-account.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { toQuantity } from '../schema/primitives.ts';

export const ethGetTransactionCount = (deps: Pick<MethodDeps, 'chain' | 'foreignReads'>): RpcMethod => ({
  name: 'eth_getTransactionCount',
  async handle(params, context) {
    const account = await findAccount('eth_getTransactionCount', params, deps, context);
    return toQuantity(account?.nonce ?? 0n);
  },
});
