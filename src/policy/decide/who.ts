import type { Who } from '../compile/compiled-policy.ts';
import type { Principal } from '../port.ts';

/** Console roles only; the IDENTITY bits of the principal's wallets do not count here. */
export function speaksTo(who: Who, principal: Principal): boolean {
  if (who.has('anonymous')) return true;
  if (principal.kind === 'anonymous') return false;
  return who.has('user') || principal.roles.some((role) => who.has(role));
}

/** Wallets of somebody who is not logged in do not count. */
export const owns = (principal: Principal, address: bigint | undefined): boolean =>
  address !== undefined && principal.kind !== 'anonymous' && principal.wallets.includes(address);
