import { answerBlock } from '../answer/answer-block.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { findBlock } from '../schema/block-ref.ts';
import { parseParams } from '../schema/parse-params.ts';
import { toQuantity } from '../schema/primitives.ts';
import { ethGetBlockTransactionCountByNumberSchema } from './schema.ts';

export const ethGetBlockTransactionCountByNumber = (deps: Pick<MethodDeps, 'chain' | 'foreignReads'>): RpcMethod => ({
  name: 'eth_getBlockTransactionCountByNumber',
  async handle(params, context) {
    const [ref] = parseParams(ethGetBlockTransactionCountByNumberSchema, params);
    const view = await findBlock(ref, deps.chain, context);
    return answerBlock('eth_getBlockTransactionCountByNumber', view, deps, context, (_view, visible) =>
      toQuantity(visible.items.length),
    );
  },
});
