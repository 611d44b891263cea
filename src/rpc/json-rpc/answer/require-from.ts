import { rpcError } from '../../errors.ts';

/** A call speaks for an address; one without `from` is forbidden whatever else it says. Whether the address is the caller's, the policy asks. */
export function requireFrom(params: readonly unknown[]): void {
  const request = params[0];
  const from = typeof request === 'object' && request !== null && 'from' in request ? request.from : undefined;
  if (typeof from !== 'string')
    throw rpcError('RPC_METHOD_FORBIDDEN', 'no from', {
      publicText: 'Forbidden: give one of your own wallets as `from`.',
    });
}
