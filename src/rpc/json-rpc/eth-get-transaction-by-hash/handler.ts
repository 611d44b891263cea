import { findVisible } from '../answer/find-visible.ts';
import { formatPendingTransaction, formatTransaction } from '../answer/format-transaction.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { hashParamSchema } from '../schema/hash-param.ts';
import { parseParams } from '../schema/parse-params.ts';
import { toHash } from '../schema/primitives.ts';

export const ethGetTransactionByHash = (deps: Pick<MethodDeps, 'chain' | 'chainId' | 'foreignReads'>): RpcMethod => ({
  name: 'eth_getTransactionByHash',
  async handle(params, context) {
    const hash = parseParams(hashParamSchema, params);
    const found = await findVisible(hash, deps.chain, context);
    if (found !== undefined) {
      deps.foreignReads.items([found.visible], toHash(hash), 'eth_getTransactionByHash', context);
      return formatTransaction(found.view, found.visible, deps.chainId);
    }
    const pending = deps.chain.pendingTransaction(hash, context.permit);
    // Before it is in a block, a transaction is its sender's business alone.
    return pending !== undefined && context.principal.wallets.includes(pending.sender)
      ? formatPendingTransaction(pending)
      : null;
  },
});
