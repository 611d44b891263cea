import { answerBlock } from '../answer/answer-block.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { parseParams } from '../schema/parse-params.ts';
import { toQuantity } from '../schema/primitives.ts';
import { ethGetBlockTransactionCountByHashSchema } from './schema.ts';

export const ethGetBlockTransactionCountByHash = (deps: Pick<MethodDeps, 'chain' | 'foreignReads'>): RpcMethod => ({
  name: 'eth_getBlockTransactionCountByHash',
  async handle(params, context) {
    const [hash] = parseParams(ethGetBlockTransactionCountByHashSchema, params);
    const view = await deps.chain.blockByHash(hash, context.permit);
    return answerBlock('eth_getBlockTransactionCountByHash', view, deps, context, (_view, visible) =>
      toQuantity(visible.items.length),
    );
  },
});
