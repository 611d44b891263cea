import { rpcError } from '../../errors.ts';
import type { PolicySource } from '../../port.ts';
import { blockTimestamp } from '../answer/block-timestamp.ts';
import { requireFrom } from '../answer/require-from.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { parseParams } from '../schema/parse-params.ts';
import { toQuantity } from '../schema/primitives.ts';
import { ethEstimateGasSchema } from './schema.ts';

export const ethEstimateGas = (
  deps: Pick<MethodDeps, 'chain' | 'simulator'> & { policy: PolicySource },
): RpcMethod => ({
  name: 'eth_estimateGas',
  async handle(params, context) {
    requireFrom(params);
    const request = parseParams(ethEstimateGasSchema, params);
    const timestamp = await blockTimestamp(deps.chain.heads().latest, deps.chain, context);
    const write = {
      signer: request.from,
      to: request.to,
      value: request.value,
      data: request.data,
      blockTimestamp: timestamp,
    };
    const decision = context.policy.decideCall(context.principal, write, deps.policy.facts());
    if (!decision.allow) throw rpcError('RPC_METHOD_FORBIDDEN', decision.ruleId);
    return toQuantity(await deps.simulator.estimateGas(request, context.permit));
  },
});
