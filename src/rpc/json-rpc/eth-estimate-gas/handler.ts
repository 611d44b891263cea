import type { PolicySource } from '../../port.ts';
import { requireCallAllowed } from '../answer/require-call-allowed.ts';
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
    await requireCallAllowed(request, deps.chain.heads().latest, deps, context);
    return toQuantity(await deps.simulator.estimateGas(request, context.permit));
  },
});
