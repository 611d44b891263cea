import { findVisible } from '../answer/find-visible.ts';
import { formatReceipt } from '../answer/format-receipt.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { hashParamSchema } from '../schema/hash-param.ts';
import { parseParams } from '../schema/parse-params.ts';
import { toHash } from '../schema/primitives.ts';

export const ethGetTransactionReceipt = (deps: Pick<MethodDeps, 'chain' | 'foreignReads'>): RpcMethod => ({
  name: 'eth_getTransactionReceipt',
  async handle(params, context) {
    const hash = parseParams(hashParamSchema, params);
    const found = await findVisible(hash, deps.chain, context);
    if (found === undefined) return null;
    deps.foreignReads.items([found.visible], toHash(hash), 'eth_getTransactionReceipt', context);
    return formatReceipt(found.view, found.visible);
  },
});
