import type { Hex } from '../../base/bytes.ts';
import { accessError } from '../errors.ts';
import type { Act, Session, SessionTable, User, UserDirectory, WalletLinks } from '../port.ts';
import type { ChallengeUse, SignedChallenges, SiweOptions } from './signed-challenges.ts';
import { withoutWallet } from './without-wallet.ts';

/**
 * Links wallets to the person who is logged in at their provider, by a signature of the wallet's key. It lets the person read what the wallet may
 * read, and log in by it as a customer; what the address may do on chain stands in its identity alone and does not change.
 */
export function createWalletLinks(
  options: Pick<SiweOptions, 'chainName'> & { readonly walletsPerUserMax: number },
  deps: { challenges: SignedChallenges; users: UserDirectory; sessions: Pick<SessionTable, 'byId'> },
): WalletLinks {
  const { challenges, users, sessions } = deps;
  // Good in the session that asked for it only.
  const useOf = (session: Session): ChallengeUse => ({
    purpose: 'wallet-link',
    boundTo: () => [session.userId, session.tokenHash],
  });

  return {
    issue(session, request, client) {
      const user = personOf(session);
      return challenges.issue({ ...useOf(session), statement: statementFor(user, options.chainName) }, request, client);
    },

    async link(session, answer) {
      const { id } = personOf(session);
      const wallet = await challenges.verify(useOf(session), answer);
      await users.changeWallets(
        id,
        (wallets) => {
          // Again: a wallet that an ended session leaves behind would log in for as long as it is linked.
          personOf(session);
          if (wallets.includes(wallet)) return wallets;
          if (wallets.length >= options.walletsPerUserMax) throw accessError('WALLET_TOO_MANY');
          return [...wallets, wallet];
        },
        actOf(id, 'wallet.linked', wallet),
      );
      return wallet;
    },

    async unlink(session, address) {
      const { id } = personOf(session);
      const wallet = address.toLowerCase() as Hex;
      await users.changeWallets(
        id,
        (wallets) => {
          personOf(session);
          return withoutWallet(wallets, wallet);
        },
        actOf(id, 'wallet.unlinked', wallet),
      );
      return wallet;
    },
  };

  /**
   * Whoever logged in at their provider, and still is. Not by a wallet: a stolen key could link another one, and come back when it is unlinked. Not an
   * application, which the person let in for less.
   */
  function personOf(session: Session): User {
    const user = users.byId(session.userId);
    if (sessions.byId(session.id) === undefined || user?.source !== 'oidc' || session.method !== 'oidc')
      throw accessError('WALLET_LINK_NOT_PERMITTED');
    return user;
  }
}

const actOf = (actor: string, action: string, resource: Hex): Act => ({ actor, action, resource, detail: {} });

/** Digits of a user's id (`/api/profiles/me`) that the statement shows, for the person to compare. */
const accountDigits = 8;

/**
 * Names the account, so that nobody is talked into signing for somebody else's. Only characters that EIP-4361 allows in a statement, so a name
 * cannot end the statement and go on as another field.
 */
function statementFor({ id, displayName }: User, chainName: string): string {
  const name = displayName.replace(/[^A-Za-z0-9 .,'@_-]/g, '?').slice(0, 60);
  return `Link this wallet to account ${id.slice(0, accountDigits)} (${name}) of ${chainName}. Whoever signs in to that account will see what this wallet may see. Sign only if the account is yours.`;
}
