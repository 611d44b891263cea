import type { RpcMethod } from '../method.ts';
import { methodWithoutParams } from '../no-params.ts';
import { toAddress } from '../schema/primitives.ts';

/** The caller's own wallets. No key is held here; clients use this to name an account. */
export const ethAccounts = (): RpcMethod =>
  methodWithoutParams('eth_accounts', ({ principal }) => principal.wallets.map(toAddress));
