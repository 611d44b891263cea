import { denialDetail, type SignedDenial, type WithdrawnReceipt } from '../../../chain/denial.ts';
import type { OutcomeView } from '../../port.ts';
import type { CallContext, RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { hashParamSchema } from '../schema/hash-param.ts';
import { parseParams } from '../schema/parse-params.ts';
import { toData, toHash, toQuantity } from '../schema/primitives.ts';

/** How an accepted transaction ended, or that it waits (G7). The sender of a denied one learns the coarse code and gets the signature. */
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
 * The sender gets what is needed to hold the operator to the denial: the signature, and the salted hash that stands in it for rule and reason
 * (docs/PROTOCOL.md 6). Rule, reason and salt are for compliance alone: without the salt nothing can be tried against the hash (G5).
 */
function denialAnswer(denial: SignedDenial, { policy, principal }: CallContext): object {
  const compliance = policy.decideRead(principal, { kind: 'audit' }).allow;
  const { code, batch, timestamp, ruleId, reason, salt, signature, withdrawn } = denial;
  return {
    code,
    batchNumber: toQuantity(batch),
    timestamp: toQuantity(timestamp),
    ...(withdrawn === undefined ? {} : { withdrawn: withdrawnAnswer(withdrawn) }),
    detailHash: toHash(denialDetail(denial)),
    signature: toData(signature),
    ...(compliance ? { ruleId, reason, salt: toHash(salt) } : {}),
  };
}

const withdrawnAnswer = ({ block, blockHash, index }: WithdrawnReceipt): object => ({
  blockNumber: toQuantity(block),
  blockHash: toHash(blockHash),
  transactionIndex: toQuantity(index),
});
