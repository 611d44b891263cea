import { permissionsOf } from './permissions.ts';
import type { LoginMethod, Principal, User } from './port.ts';

/**
 * The only place where a Principal is made. A login by other means than the user's own carries no staff role: holding the key of a wallet that
 * is linked to an auditor, or the URL with that wallet's token, does not make an auditor.
 */
export function mintPrincipal(user: User, method: LoginMethod): Principal {
  const roles = user.roles.filter((role) => role === 'customer' || method === user.source);
  return Object.freeze({
    kind: 'user',
    subject: user.id,
    identity: { issuer: user.issuer, subject: user.subject },
    method,
    roles,
    permissions: permissionsOf(roles),
    wallets: user.wallets.map((wallet) => BigInt(wallet)),
  });
}

/** Whoever is disabled, or has lost the last console role, has no session and no wallet URL. */
export const hasAccess = (user: User | undefined): user is User =>
  user !== undefined && !user.disabled && user.roles.length > 0;
