import { answerBlock } from '../answer/answer-block.ts';
import { formatBlock } from '../answer/format-block.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { parseParams } from '../schema/parse-params.ts';
import { ethGetBlockByHashSchema } from './schema.ts';

export const ethGetBlockByHash = (deps: Pick<MethodDeps, 'chain' | 'chainId' | 'foreignReads'>): RpcMethod => ({
  name: 'eth_getBlockByHash',
  async handle(params, context) {
    const [hash, whole] = parseParams(ethGetBlockByHashSchema, params);
    const view = await deps.chain.blockByHash(hash, context.permit);
    return answerBlock('eth_getBlockByHash', view, deps, context, (view, visible) =>
      formatBlock(view, visible, whole, deps.chainId),
    );
  },
});
