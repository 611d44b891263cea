import { rpcError } from '../../errors.ts';
import type { CallRequest, PolicySource } from '../../port.ts';
import type { CallContext } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { blockTimestamp } from './block-timestamp.ts';

/** One text for every cause. Ordinary clients estimate before they send, so this is where a payer learns of a refusal. */
const notAllowed = 'Forbidden: the policy does not allow this call or transaction.';

/** The policy on the outer frame of a call as of block `at`; throws RPC_METHOD_FORBIDDEN. Inner frames are judged when they are met. */
export async function requireCallAllowed(
  { from, to, value, data }: CallRequest,
  at: bigint,
  { chain, policy }: Pick<MethodDeps, 'chain'> & { readonly policy: PolicySource },
  context: CallContext,
): Promise<void> {
  const timestamp = await blockTimestamp(at, chain, context);
  const frame = { signer: from, to, value, data, blockTimestamp: timestamp };
  const decision = context.policy.decideCall(context.principal, frame, policy.facts());
  if (!decision.allow) throw rpcError('RPC_METHOD_FORBIDDEN', decision.ruleId, { publicText: notAllowed });
}
