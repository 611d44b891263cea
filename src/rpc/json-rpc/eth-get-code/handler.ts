import { findAccount } from '../answer/find-account.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { toData } from '../schema/primitives.ts';

export const ethGetCode = (deps: Pick<MethodDeps, 'chain' | 'foreignReads'>): RpcMethod => ({
  name: 'eth_getCode',
  async handle(params, context) {
    const account = await findAccount('eth_getCode', params, deps, context);
    return account === undefined ? '0x' : toData(account.code);
  },
});
