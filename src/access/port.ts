/** Who is asking. Minted by `access` alone; everybody else only reads it. Also the storage that `access` needs, as it needs it. */

import type { Hex } from '../base/bytes.ts';
import type { Principal as PolicyPrincipal } from '../policy/port.ts';
import type { ConsoleRole } from './roles.ts';

export type { ConsoleRole } from './roles.ts';

/** How the caller proved who it is. A wallet token stands in a URL, so it carries the least. */
export type LoginMethod = 'oidc' | 'siwe' | 'wallet-token';

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
  readonly method: 'oidc' | 'siwe';
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
