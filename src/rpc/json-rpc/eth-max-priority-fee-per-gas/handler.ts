import type { RpcMethod } from '../method.ts';
import { methodWithoutParams } from '../no-params.ts';

/** Order does not depend on tips. */
export const ethMaxPriorityFeePerGas = (): RpcMethod => methodWithoutParams('eth_maxPriorityFeePerGas', () => '0x0');
