import { rpcError } from '../../errors.ts';
import type { ChainReader } from '../../port.ts';
import type { CallContext } from '../method.ts';

/** Unix seconds of the block that a call is judged at. */
export async function blockTimestamp(number: bigint, chain: ChainReader, context: CallContext): Promise<bigint> {
  const view = await chain.blockByNumber(number, context.permit);
  if (view === undefined) throw rpcError('RPC_BLOCK_UNKNOWN');
  return view.block.timestamp;
}
