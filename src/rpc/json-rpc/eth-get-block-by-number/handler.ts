import { answerBlock } from '../answer/answer-block.ts';
import { formatBlock } from '../answer/format-block.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { findBlock } from '../schema/block-ref.ts';
import { parseParams } from '../schema/parse-params.ts';
import { ethGetBlockByNumberSchema } from './schema.ts';

export const ethGetBlockByNumber = (deps: Pick<MethodDeps, 'chain' | 'chainId' | 'foreignReads'>): RpcMethod => ({
  name: 'eth_getBlockByNumber',
  async handle(params, context) {
    const [ref, whole] = parseParams(ethGetBlockByNumberSchema, params);
    const view = await findBlock(ref, deps.chain, context);
    return answerBlock('eth_getBlockByNumber', view, deps, context, (view, visible) =>
      formatBlock(view, visible, whole, deps.chainId),
    );
  },
});
