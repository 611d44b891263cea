import type { AccountView } from '../../port.ts';
import type { CallContext } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { accountParamsSchema } from '../schema/account-params.ts';
import { stateBlock } from '../schema/block-ref.ts';
import { parseParams } from '../schema/parse-params.ts';

/** The account that a method asks for; undefined when the reader may not see it, to be answered as one that does not exist. */
export async function findAccount(
  method: string,
  params: readonly unknown[],
  { chain, foreignReads }: Pick<MethodDeps, 'chain' | 'foreignReads'>,
  context: CallContext,
): Promise<AccountView | undefined> {
  const { address, block } = parseParams(accountParamsSchema, params);
  const number = await stateBlock(block, chain, context);
  const authorization = context.policy.authorizeRead(context.principal, { kind: 'account', address });
  if (!('permit' in authorization)) return undefined;
  const pending = 'tag' in block && block.tag === 'pending';
  const account = await chain.account(address, pending ? 'pending' : number, authorization.permit);
  foreignReads.account(address, method, context);
  return account;
}
