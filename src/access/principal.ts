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
    wallets: user.wallets.map((wallet) => BigInt(wallet)),
  });
}
