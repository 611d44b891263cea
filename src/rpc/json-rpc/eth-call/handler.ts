import { rpcError } from '../../errors.ts';
import type { PolicySource } from '../../port.ts';
import { requireCallAllowed } from '../answer/require-call-allowed.ts';
import { requireFrom } from '../answer/require-from.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { callBlock } from '../schema/block-ref.ts';
import { parseParams } from '../schema/parse-params.ts';
import { toData } from '../schema/primitives.ts';
import { ethCallSchema } from './schema.ts';

export const ethCall = (deps: Pick<MethodDeps, 'chain' | 'simulator'> & { policy: PolicySource }): RpcMethod => ({
  name: 'eth_call',
  async handle(params, context) {
    requireFrom(params);
    const { request, block } = parseParams(ethCallSchema, params);
    const at = await callBlock(block, deps.chain, context);
    await requireCallAllowed(request, at, deps, context);
    const result = await deps.simulator.call(request, at, context.permit);
    if (result.kind === 'reverted') throw reverted(result.data);
    return toData(result.data);
  },
});

const reverted = (data: Uint8Array) => Object.assign(rpcError('RPC_REVERTED'), { rpcData: toData(data) });
