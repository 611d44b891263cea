import { rpcError } from '../../errors.ts';
import { findAccount } from '../answer/find-account.ts';
import type { CallContext, RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { accountParamsSchema } from '../schema/account-params.ts';
import { parseParams } from '../schema/parse-params.ts';
import { toQuantity } from '../schema/primitives.ts';

type Deps = Pick<MethodDeps, 'chain' | 'foreignReads' | 'announcements'>;

export const ethGetTransactionCount = (deps: Deps): RpcMethod => ({
  name: 'eth_getTransactionCount',
  async handle(params, context) {
    const account = await findAccount('eth_getTransactionCount', params, deps, context);
    const nonce = account?.nonce ?? 0n;
    refuseWhileAnnounced(params, nonce, deps, context);
    return toQuantity(nonce);
  },
});

/**
 * Whoever announces transactions, as the public SDK does, has named the nonce, and expects of a wallet URL what the doctor of its command-line
 * tool tests: that `latest` is closed. Wallets that never announce are served everything; so are `pending` and a block by number, always.
 */
function refuseWhileAnnounced(
  params: readonly unknown[],
  nonce: bigint,
  { announcements }: Deps,
  { user }: CallContext,
): void {
  if (user?.method !== 'wallet-token') return;
  const { address, block } = parseParams(accountParamsSchema, params);
  if (!('tag' in block) || block.tag !== 'latest') return;
  if (announcements.waits(user.subject, address, nonce)) throw rpcError('RPC_METHOD_FORBIDDEN', 'announced');
}
