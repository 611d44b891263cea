import type { Hex } from '../../base/bytes.ts';
import { accessError } from '../errors.ts';
import type { IdentityRoles, SiweChallenges, SiweLogin, User, UserDirectory } from '../port.ts';
import type { ChallengeUse, SignedChallenges, SiweOptions } from './signed-challenges.ts';

/**
 * Login by a wallet's signature: as the person to whom the wallet is linked, without staff roles; else as the wallet itself, which the chain's
 * identities must admit. A challenge is bound to whom the wallet belongs to when it is asked for, so a wallet that changes hands before the
 * answer comes does not open the new owner's session.
 */
export function createSiweLogin(
  options: Pick<SiweOptions, 'chainId' | 'chainName'>,
  deps: { challenges: SignedChallenges; users: UserDirectory; identities: IdentityRoles },
): SiweChallenges & SiweLogin {
  const { challenges, users } = deps;
  const login: ChallengeUse = { purpose: 'siwe-challenge', boundTo: (wallet) => [ownerOf(wallet, users)] };
  const statement = `Log in to ${options.chainName}.`;
  return {
    issue: (request, client) => challenges.issue({ ...login, statement }, request, client),
    verify: async (answer) => admit(await challenges.verify(login, answer)),
  };

  async function admit(wallet: Hex): Promise<User> {
    const owner = users.byWallet(wallet);
    if (owner?.disabled) throw accessError('LOGIN_NOT_PERMITTED', 'disabled');
    // Admitted by the provider, until it says otherwise.
    if (owner?.source === 'oidc') {
      if (owner.roles.length === 0) throw accessError('LOGIN_NOT_PERMITTED', 'refused by the provider');
      return owner;
    }
    if ((await deps.identities.rolesOf(BigInt(wallet))) === 0n) {
      // What earlier logins left ends with the role.
      if (owner !== undefined) await users.refuse(owner.id);
      throw accessError('LOGIN_NOT_PERMITTED', 'no role on chain');
    }
    if (owner !== undefined && owner.roles.length > 0) return owner;
    return users.save({
      issuer: owner?.issuer ?? walletIssuer(options.chainId),
      subject: owner?.subject ?? wallet,
      source: 'siwe',
      displayName: owner?.displayName ?? `${wallet.slice(0, 6)}…${wallet.slice(-4)}`,
      roles: ['customer'],
      ...(owner === undefined ? { wallets: [wallet] } : {}),
    });
  }
}

/** Issuer of wallet users: the chain whose identity registry admits them (CAIP-2). */
export const walletIssuer = (chainId: bigint): string => `eip155:${chainId}`;

/** Whom a login by this wallet would log in; a wallet user is named by the wallet, so its first login may be under way twice. */
function ownerOf(wallet: Hex, users: UserDirectory): string {
  const owner = users.byWallet(wallet);
  return owner === undefined || owner.source === 'siwe' ? `wallet ${wallet}` : `user ${owner.id}`;
}
