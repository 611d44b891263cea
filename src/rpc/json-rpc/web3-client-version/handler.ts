import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { methodWithoutParams } from '../no-params.ts';

export const web3ClientVersion = ({ clientVersion }: Pick<MethodDeps, 'clientVersion'>): RpcMethod =>
  methodWithoutParams('web3_clientVersion', () => clientVersion);
