/** Who is asking. Minted by `access` alone; everybody else only reads it. Also the storage that `access` needs, as it needs it. */

import type { Hex } from '../base/bytes.ts';
import type { Principal as PolicyPrincipal } from '../policy/port.ts';
import type { ConsoleRole } from './roles.ts';

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
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface StoredSession {
  /** sha256 of the token, base64url. The token itself is never stored. */
  readonly tokenHash: string;
  readonly userId: string;
  readonly method: SessionMethod;
  readonly createdAt: number;
  /** Slides with use. */
  readonly expiresAt: number;
  /** Never slides. */
  readonly renewableUntil: number;
}

export interface StoredWalletToken {
  readonly tokenHash: string;
  readonly userId: string;
  /** Counts rotations; the token is derived from it. */
  readonly generation: number;
  readonly createdAt: number;
}

/** Every promise resolves when the change is durable. */
export interface UserStore {
  all(): Promise<readonly User[]>;
  /** Gives the id. */
  create(user: Omit<User, 'id'>): Promise<User>;
  update(user: User): Promise<void>;
}

export interface SessionStore {
  all(): Promise<readonly StoredSession[]>;
  put(session: StoredSession): Promise<void>;
  /** Replaces those that are there, together; what was deleted meanwhile is not brought back. */
  touch(sessions: readonly StoredSession[]): Promise<void>;
  delete(tokenHash: string): Promise<void>;
}

export interface WalletTokenStore {
  all(): Promise<readonly StoredWalletToken[]>;
  /** One a user: replaces the former one. */
  put(token: StoredWalletToken): Promise<void>;
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
  /** What `change` makes of the user's wallets, one change after the other. Resolves when durable; WALLET_TAKEN when another has one. */
  changeWallets(id: string, change: (wallets: readonly Hex[]) => readonly Hex[]): Promise<User>;
  /** Takes effect in this call; the promise resolves when it is durable. */
  disable(id: string): Promise<void>;
  /** Called in the same turn in which a user changes. */
  onChange(listener: (user: User) => void): void;
}

export interface Session extends StoredSession {
  readonly principal: Principal;
}

export interface SessionTable {
  readonly size: number;
  /** Resolves when the session is durable. */
  open(user: User, method: SessionMethod): Promise<{ token: string; session: Session }>;
  /** The live session of a token; slides its idle limit. Synchronous: this is on the path of every request. */
  find(token: string): Session | undefined;
  extend(session: Session): Promise<Session>;
  /** The token is dead when this call returns; the promise resolves when that is durable. */
  revoke(tokenHash: string): Promise<void>;
  revokeAllOf(userId: string): Promise<void>;
  /** Forgets expired sessions. */
  sweep(): Promise<void>;
}

export interface WalletTokens {
  /** The user's token, made when there is none. */
  current(userId: string): Promise<string>;
  /** A new token; the former one is dead when this call returns. */
  rotate(userId: string): Promise<string>;
  find(token: string): Principal | undefined;
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

export interface OidcLogin {
  /** Where to send the browser, and the cookie it must bring back. */
  start(returnTo: string): Promise<{ location: string; cookie: string }>;
  finish(callback: URL, cookie: string | undefined): Promise<{ user: User; returnTo: string }>;
}

export interface Access {
  readonly users: UserDirectory;
  readonly sessions: SessionTable;
  readonly walletTokens: WalletTokens;
  readonly siweChallenges: SiweChallenges;
  readonly siweLogin: SiweLogin;
  readonly oidcLogin: OidcLogin | undefined;
  /** Forgets expired sessions and nonces; to be called every minute or so. */
  sweep(): Promise<void>;
}
