import type { RpcMethod } from '../method.ts';
import { methodWithoutParams } from '../no-params.ts';

export const netListening = (): RpcMethod => methodWithoutParams('net_listening', () => true);
