/** Who is asking. Minted by `access` alone; everybody else only reads it. Also the storage that `access` needs, as it needs it. */

import type { Hex } from '../base/bytes.ts';
import type { Principal as PolicyPrincipal } from '../policy/port.ts';
import type { SystemPermission } from './permissions.ts';
import type { ConsoleRole } from './roles.ts';

export type { SystemPermission } from './permissions.ts';
export type { ConsoleRole } from './roles.ts';

/** How the caller proved who it is. A wallet token stands in a URL, so it carries the least. */
export type LoginMethod = SessionMethod | 'wallet-token';

/** `application`: handed to an application that the person let in. It carries no staff role. */
export type SessionMethod = 'oidc' | 'siwe' | 'application';

export interface Principal extends PolicyPrincipal {
  readonly kind: 'user';
  /** Id of the user. */
  readonly subject: string;
  /** An OpenID issuer and its subject, or `eip155:<chain id>` and the address of a wallet user. */
  readonly identity: { readonly issuer: string; readonly subject: string };
  readonly method: LoginMethod;
  readonly roles: readonly ConsoleRole[];
  readonly permissions: readonly SystemPermission[];
}

export interface User {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly source: 'oidc' | 'siwe';
  readonly displayName: string;
  readonly roles: readonly ConsoleRole[];
  /** Lower case. An address belongs to at most one user. */
  readonly wallets: readonly Hex[];
  readonly disabled: boolean;
  /** Only grows. Sessions and wallet URLs of an earlier generation are dead, whatever became of their rows. */
  readonly generation: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface StoredSession {
  /** sha256 of the token, base64url. The token itself is never stored. */
  readonly tokenHash: string;
  /** Random, unrelated to the token: names the session to its owner and to administrators, and opens nothing. */
  readonly id: string;
  readonly userId: string;
  /** The user's when it was opened. */
  readonly generation: number;
  readonly method: SessionMethod;
  /** Who it was handed to: the client id of an application, or the command line. */
  readonly application?: string | undefined;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  /** Slides with use. */
  readonly expiresAt: number;
  /** Never slides. */
  readonly renewableUntil: number;
}

export interface StoredWalletToken {
  readonly tokenHash: string;
  /** Random; the token is derived from it, and it names the token to its owner. */
  readonly id: string;
  readonly userId: string;
  /** The user's when it was made. */
  readonly generation: number;
  /** The application's session that it belongs to and ends with; absent for the person's own. */
  readonly sessionId?: string | undefined;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** What somebody did to somebody's access, for the audit log. */
export interface Act {
  /** Id of the user who did it. */
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly detail: Readonly<Record<string, string>>;
}

/** Every promise resolves when the change is durable. An act is recorded in the transaction of the change. */
export interface UserStore {
  all(): Promise<readonly User[]>;
  /** Gives the id. */
  create(user: Omit<User, 'id'>): Promise<User>;
  update(user: User, act?: Act): Promise<void>;
}

export interface SessionStore {
  all(): Promise<readonly StoredSession[]>;
  put(session: StoredSession): Promise<void>;
  /** Replaces those that are there, together; what was deleted meanwhile is not brought back. */
  touch(sessions: readonly StoredSession[]): Promise<void>;
  delete(tokenHash: string, act?: Act): Promise<void>;
}

export interface WalletTokenStore {
  all(): Promise<readonly StoredWalletToken[]>;
  /** In place of the one that has the hash `former`, when it is there. */
  put(token: StoredWalletToken, former?: string): Promise<void>;
  delete(tokenHash: string): Promise<void>;
}

export interface ConsumedNonceStore {
  /** True the first time only, also when two callers race. May forget a nonce after `expiresAt`. */
  consume(nonceHash: string, expiresAt: number): Promise<boolean>;
  /** Forgets what expired at or before `now`, a bounded number at a time. */
  purge(now: number): Promise<void>;
}

export interface AccessStores {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly walletTokens: WalletTokenStore;
  readonly consumedNonces: ConsumedNonceStore;
}

/** Role bits of an address's IDENTITY leaf, frozen or expired included: a refused login must not tell that an account is frozen. */
export interface IdentityRoles {
  rolesOf(address: bigint): bigint | Promise<bigint>;
}

/** Cryptographically secure bytes. */
export type Random = (bytes: number) => Uint8Array;

/** The slice of a pino logger that is used. Stable event names, codes; never tokens, messages or addresses. */
export interface Log {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

// ---- what access offers

/** Without `wallets` those that are linked stay. */
export type UserDraft = Pick<User, 'issuer' | 'subject' | 'source' | 'displayName' | 'roles'> &
  Partial<Pick<User, 'wallets'>>;

export interface UserDirectory {
  byId(id: string): User | undefined;
  byIdentity(issuer: string, subject: string): User | undefined;
  byWallet(wallet: Hex): User | undefined;
  /** Creates the user of this identity, or changes what the draft says differently. Resolves when durable. */
  save(draft: UserDraft): Promise<User>;
  /**
   * What `change` makes of the user's wallets, one change after the other. Resolves when durable; WALLET_TAKEN when another has one. Whoever
   * loses a wallet loses all sessions and wallet URLs with it. Whoever is disabled is given none.
   */
  changeWallets(id: string, change: (wallets: readonly Hex[]) => readonly Hex[], act?: Act): Promise<User>;
  /** In no particular order. */
  all(): Iterable<User>;
  /** All sessions and wallet URLs of the user are dead when this call returns; the promise resolves when that is durable. */
  endSessions(id: string, act?: Act): Promise<void>;
  /** The same, and nobody logs in as the user any more. */
  disable(id: string, act?: Act): Promise<void>;
  /** The user may log in again. What was ended stays so. */
  enable(id: string, act?: Act): Promise<void>;
  /** A login that was refused takes the roles that earlier ones left, and with them all sessions, in this call. */
  refuse(id: string): Promise<void>;
  /** Called in the same turn in which a user changes. */
  onChange(listener: (user: User) => void): void;
}

export interface Session extends StoredSession {
  readonly principal: Principal;
}

export interface SessionTable {
  readonly size: number;
  /**
   * Resolves when the session is durable. `user` is who was verified: what was ended for them meanwhile ends this login too. `application` names
   * who it is handed to, when that is not the person's browser; `notAfter` bounds its longest life.
   */
  open(
    user: User,
    method: SessionMethod,
    application?: string,
    notAfter?: number,
  ): Promise<{ token: string; session: Session }>;
  /** The live session of a token; slides its idle limit. Synchronous: this is on the path of every request. */
  find(token: string): Session | undefined;
  /** The same by id: for what acts in a session's name. */
  use(id: string): Session | undefined;
  /** Live or not is as of now; does not slide it. */
  byId(id: string): Session | undefined;
  /** Live sessions of a user, the newest first. */
  ofUser(userId: string): Session[];
  /** At once. A write that fails is logged, and costs no more than what the session was extended by, at a restart. */
  extend(session: Session): Promise<Session>;
  /** The token is dead when this call returns; the promise resolves when that is durable. */
  revoke(tokenHash: string, act?: Act): Promise<void>;
  /**
   * All of the same user but this one, and what else they were let in by: wallet URLs, the person's own too, and logins under way. Dead when this
   * call returns; the promise resolves when that is durable.
   */
  revokeOthers(session: Session, act: Act): Promise<void>;
  /** Called in the same turn in which a session ends. */
  onEnd(listener: (session: StoredSession) => void): void;
  /** Forgets expired sessions. */
  sweep(): Promise<void>;
}

/** Whose wallet URL: the person's own, or that of an application's session. */
export interface WalletGrant {
  readonly userId: string;
  readonly sessionId?: string | undefined;
}

export interface WalletToken {
  readonly token: string;
  readonly expiresAt: number;
}

export interface WalletTokens {
  /** The grant's token, made when there is none that lives. */
  current(grant: WalletGrant): Promise<WalletToken>;
  /** A new token; the former one is dead when this call returns. */
  rotate(grant: WalletGrant): Promise<WalletToken>;
  /** Live ones of a user; they do not hold the tokens. */
  ofUser(userId: string): Omit<StoredWalletToken, 'tokenHash'>[];
  /** Dead when this call returns. False when the user has none of this id. */
  revoke(userId: string, id: string): Promise<boolean>;
  find(token: string): Principal | undefined;
  /** Forgets expired ones. */
  sweep(): Promise<void>;
}

/** What administrators do to other people's access. Each act is in the audit log, with its reason, in its own transaction. */
export interface Administration {
  /** USER_UNKNOWN, USER_IS_SELF, USER_LAST_ADMINISTRATOR. */
  disable(order: AdministrativeOrder): Promise<void>;
  enable(order: AdministrativeOrder): Promise<void>;
  /** Wallet URLs too. */
  endSessions(order: AdministrativeOrder): Promise<void>;
  endSession(order: { readonly actor: string; readonly sessionId: string; readonly reason: string }): Promise<void>;
  /**
   * Ends all sessions and wallet URLs too, as the person's own unlinking does, and holds when the promise resolves. Of a disabled person as well: a
   * wallet that a thief of their login linked has to be gone before they are enabled. WALLET_NOT_LINKED.
   */
  unlinkWallet(order: AdministrativeOrder & { readonly address: string }): Promise<void>;
}

export interface AdministrativeOrder {
  /** Id of the administrator. */
  readonly actor: string;
  readonly userId: string;
  readonly reason: string;
}

export interface Challenge {
  readonly msg: string;
  readonly nonce: string;
  readonly nonceToken: string;
}

export interface SiweChallenges {
  /** `client` is where the request came from: an attacker elsewhere must not use up the owner's attempts. */
  issue(request: { address: string; domain?: string | undefined }, client: string): Challenge;
}

export interface SiweAnswer {
  readonly message: string;
  readonly signature: string;
  readonly nonceToken: string;
}

export interface SiweLogin {
  /** The user whom the answer logs in. Each challenge works once. */
  verify(answer: SiweAnswer): Promise<User>;
}

/** A session other than the person's own login is refused: WALLET_LINK_NOT_PERMITTED. */
export interface WalletLinks {
  /** A message that links the address to the person when its key signs it; good in this session only. */
  issue(session: Session, request: { address: string; domain?: string | undefined }, client: string): Challenge;
  /** Resolves with the wallet when it is linked. WALLET_TAKEN when it is another person's, WALLET_TOO_MANY. */
  link(session: Session, answer: SiweAnswer): Promise<Hex>;
  /** Resolves with the wallet when it is the person's no more and all their sessions and wallet URLs have ended. WALLET_NOT_LINKED. */
  unlink(session: Session, address: string): Promise<Hex>;
}

/** An organisation whose people log in at their own provider. */
export interface OidcProviderInfo {
  readonly id: string;
  readonly name: string;
  /** Lower case. Whoever types an address of one is sent there; it says nothing of who somebody is. */
  readonly emailDomains: readonly string[];
  /** False: reached by e-mail domain only. */
  readonly isListed: boolean;
}

export interface OidcLogin {
  readonly providers: readonly OidcProviderInfo[];
  /** Where to send the browser, and the cookie it must bring back. OIDC_PROVIDER_UNKNOWN for an id that is none. */
  start(provider: string, returnTo: string): Promise<{ location: string; cookie: string }>;
  /** `logoutCookie` is what `endAtProvider` needs. */
  finish(
    provider: string,
    callback: URL,
    cookie: string | undefined,
  ): Promise<{ user: User; returnTo: string; logoutCookie: string }>;
  /** Of the provider where this browser logged in: its name, and where its login there is ended, when it offers that and answers. */
  endAtProvider(logoutCookie: string | undefined): Promise<{ name: string; location: string | undefined } | undefined>;
}

export interface Access {
  readonly users: UserDirectory;
  readonly sessions: SessionTable;
  readonly walletTokens: WalletTokens;
  readonly administration: Administration;
  readonly siweChallenges: SiweChallenges;
  readonly siweLogin: SiweLogin;
  readonly walletLinks: WalletLinks;
  readonly oidcLogin: OidcLogin | undefined;
  /** Forgets expired sessions, wallet URLs and nonces; to be called every minute or so. */
  sweep(): Promise<void>;
}
