import { hexToBytes } from '../../../base/bytes.ts';
import { rawTransactionBytesMax } from '../../../chain/transaction.ts';
import { rpcError } from '../../errors.ts';
import type { RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { toHash } from '../schema/primitives.ts';

const hexCharsMax = 2 + 2 * rawTransactionBytesMax;

/** The hottest method: parsed by hand. Everything else about the transaction is the sequencer's and the policy's to judge. */
export const ethSendRawTransaction = ({ submitter }: Pick<MethodDeps, 'submitter'>): RpcMethod => ({
  name: 'eth_sendRawTransaction',
  async handle(params, { user }) {
    if (user === undefined) throw rpcError('LOGIN_REQUIRED');
    const hash = await submitter.submit(parseRaw(params), user);
    return toHash(hash);
  },
});

function parseRaw(params: readonly unknown[]): Uint8Array {
  const hex = params[0];
  if (params.length !== 1 || typeof hex !== 'string' || hex.length > hexCharsMax) throw rpcError('RPC_PARAMS');
  try {
    return hexToBytes(hex);
  } catch {
    throw rpcError('RPC_PARAMS', 'not hex');
  }
}
