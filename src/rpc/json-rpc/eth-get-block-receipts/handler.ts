import { answerBlock } from '../answer/answer-block.ts';
import { formatReceipt } from '../answer/format-receipt.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { findBlock } from '../schema/block-ref.ts';
import { parseParams } from '../schema/parse-params.ts';
import { ethGetBlockReceiptsSchema } from './schema.ts';

export const ethGetBlockReceipts = (deps: Pick<MethodDeps, 'chain' | 'foreignReads'>): RpcMethod => ({
  name: 'eth_getBlockReceipts',
  async handle(params, context) {
    const [ref] = parseParams(ethGetBlockReceiptsSchema, params);
    const view = await findBlock(ref, deps.chain, context);
    return answerBlock('eth_getBlockReceipts', view, deps, context, (view, visible) =>
      visible.items.map((item) => formatReceipt(view, item)),
    );
  },
});
