import type { SignedDenial } from '../../../chain/denial.ts';
import type { OutcomeView } from '../../port.ts';
import type { CallContext, RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { hashParamSchema } from '../schema/hash-param.ts';
import { parseParams } from '../schema/parse-params.ts';
import { toData, toHash, toQuantity } from '../schema/primitives.ts';

/** How an accepted transaction ended, or that it waits (G7). The sender of a denied one learns the coarse code. */
export const privityGetOutcome = ({ outcomes }: Pick<MethodDeps, 'outcomes'>): RpcMethod => ({
  name: 'privity_getOutcome',
  async handle(params, context) {
    const hash = parseParams(hashParamSchema, params);
    const view = await outcomes.outcome(hash, context.permit);
    if (view === undefined) return null;
    const decision = context.policy.decideRead(context.principal, { kind: 'outcome', sender: view.sender });
    return decision.allow ? { hash: toHash(hash), ...answer(view, context) } : null;
  },
});

function answer({ outcome, final }: OutcomeView, context: CallContext): object {
  const finality = final ? 'final' : 'provisional';
  switch (outcome.kind) {
    case 'pending':
      return { status: 'pending' };
    case 'included':
      return {
        status: 'included',
        finality,
        blockNumber: toQuantity(outcome.block),
        batchNumber: toQuantity(outcome.batch),
      };
    case 'denied':
      return { status: 'denied', finality, denial: denialAnswer(outcome.denial, context) };
  }
}

/**
 * Rule and reason are low in entropy and the signature covers them without a salt: whoever holds it can try reasons until it verifies. So the
 * signature, too, is for compliance alone.
 */
function denialAnswer(denial: SignedDenial, { policy, principal }: CallContext): object {
  const compliance = policy.decideRead(principal, { kind: 'audit' }).allow;
  const { code, batch, timestamp, ruleId, reason, signature } = denial;
  const coarse = { code, batchNumber: toQuantity(batch), timestamp: toQuantity(timestamp) };
  return compliance ? { ...coarse, ruleId, reason, signature: toData(signature) } : coarse;
}
