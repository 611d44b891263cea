import type { Hex } from '../base/bytes.ts';
import { accessError } from './errors.ts';
import { permissionsOf } from './permissions.ts';
import type { Administration, SessionTable, User, UserDirectory } from './port.ts';
import { hasAccess } from './principal.ts';
import { withoutWallet } from './siwe/without-wallet.ts';

/**
 * Acts on other people's access. Checks and effect are in one turn, so of two administrators who disable each other at once one stays.
 * Who may give such orders is for the caller to know.
 */
export function createAdministration(deps: { users: UserDirectory; sessions: SessionTable }): Administration {
  const { users, sessions } = deps;

  /** Whoever acts on themselves would be locked out by a slip, or wash their own record. */
  const other = (actor: string, userId: string): User => {
    const user = users.byId(userId);
    if (user === undefined) throw accessError('USER_UNKNOWN');
    if (user.id === actor) throw accessError('USER_IS_SELF');
    return user;
  };

  return {
    async disable({ actor, userId, reason }) {
      const user = other(actor, userId);
      const remaining = [...users.all()].filter((each) => each.id !== user.id && isAdministrator(each));
      if (remaining.length === 0) throw accessError('USER_LAST_ADMINISTRATOR');
      await users.disable(user.id, { actor, action: 'user.disabled', resource: user.id, detail: { reason } });
    },
    async enable({ actor, userId, reason }) {
      const user = other(actor, userId);
      await users.enable(user.id, { actor, action: 'user.enabled', resource: user.id, detail: { reason } });
    },
    async endSessions({ actor, userId, reason }) {
      const user = other(actor, userId);
      await users.endSessions(user.id, { actor, action: 'user.sessions_ended', resource: user.id, detail: { reason } });
    },
    async endSession({ actor, sessionId, reason }) {
      const session = sessions.byId(sessionId);
      if (session === undefined) throw accessError('USER_UNKNOWN', 'no such session');
      const user = other(actor, session.userId);
      const detail = { session: session.id, reason };
      await sessions.revoke(session.tokenHash, { actor, action: 'user.session_ended', resource: user.id, detail });
    },
    async unlinkWallet({ actor, userId, address, reason }) {
      const user = other(actor, userId);
      const wallet = address.toLowerCase() as Hex;
      const act = { actor, action: 'user.wallet_unlinked', resource: user.id, detail: { wallet, reason } };
      await users.changeWallets(user.id, (wallets) => withoutWallet(wallets, wallet), act);
    },
  };
}

const isAdministrator = (user: User): boolean => hasAccess(user) && permissionsOf(user.roles).includes('admin_write');
