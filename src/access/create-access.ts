import type { Clock } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';
import { AccessKeys } from './access-keys.ts';
import { createAdministration } from './administration.ts';
import { createOidcLogin, type OidcOptions } from './oidc/login.ts';
import { refuseStrangers } from './oidc/refuse-strangers.ts';
import type { Access, AccessStores, IdentityRoles, Log, Random } from './port.ts';
import { createSessionTable, type SessionOptions } from './session-table.ts';
import { createSiweLogin } from './siwe/login.ts';
import { createSignedChallenges, type SiweOptions } from './siwe/signed-challenges.ts';
import { createWalletLinks } from './siwe/wallet-links.ts';
import { createUserDirectory } from './user-directory.ts';
import { createWalletTokens, type WalletTokenOptions } from './wallet-tokens.ts';

export interface AccessOptions {
  readonly sessions: SessionOptions;
  readonly walletTokens: WalletTokenOptions;
  readonly siwe: SiweOptions;
  /** Absent: no OpenID login. */
  readonly oidc?: OidcOptions | undefined;
}

export interface AccessDeps {
  readonly stores: AccessStores;
  /** At least 32 bytes each; the first signs, all verify. */
  readonly secrets: readonly Secret<Uint8Array>[];
  readonly identities: IdentityRoles;
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: typeof fetch;
  readonly log: Log;
}

const walletsPerUserMax = 100;

/** Logins and sessions: who is asking. What they may do is the policy's to say. */
export async function createAccess(options: AccessOptions, deps: AccessDeps): Promise<Access> {
  const { stores, clock, random, log } = deps;
  const keys = new AccessKeys(deps.secrets);
  const users = await createUserDirectory({ store: stores.users, clock });
  await refuseStrangers(options.oidc?.providers ?? [], users);
  const sessions = await createSessionTable(options.sessions, { store: stores.sessions, users, clock, random, log });
  const walletTokens = await createWalletTokens(options.walletTokens, {
    ...{ store: stores.walletTokens, users, sessions, keys, clock, random, log },
  });
  const shared = { ...deps, users, keys };
  const challenges = createSignedChallenges(options.siwe, { ...shared, consumedNonces: stores.consumedNonces });
  const siwe = createSiweLogin(options.siwe, { ...shared, challenges });
  return {
    users,
    sessions,
    walletTokens,
    administration: createAdministration({ users, sessions }),
    siweChallenges: siwe,
    siweLogin: siwe,
    walletLinks: createWalletLinks({ ...options.siwe, walletsPerUserMax }, { users, sessions, challenges }),
    oidcLogin: options.oidc === undefined ? undefined : createOidcLogin(options.oidc, shared),
    async sweep() {
      await sessions.sweep();
      await walletTokens.sweep();
      await stores.consumedNonces.purge(clock.now());
    },
  };
}
