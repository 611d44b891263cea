import { getAddress, isAddress } from 'viem';
import { createSiweMessage } from 'viem/siwe';
import type { Hex } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { AccessKeys } from '../access-keys.ts';
import { type AttemptLimits, createAttemptLimiter } from '../attempt-limiter.ts';
import { accessError } from '../errors.ts';
import type { Random, SiweChallenges, UserDirectory } from '../port.ts';
import { PUBLISHED_KEY_WALLETS } from './published-keys.ts';

export interface SiweOptions {
  readonly chainId: bigint;
  readonly chainName: string;
  /** RFC 3986 authorities (host or host:port); the first one is used when the caller names none. */
  readonly domains: readonly string[];
  /** What the login is for, in the message's URI line. */
  readonly uri: string;
  readonly challengeTtlMs: number;
  readonly limits: AttemptLimits;
  /** Development only. */
  readonly allowPublishedKeys: boolean;
}

/**
 * Login messages (EIP-4361). Stateless: `nonceToken` is a MAC of the message and of whom the wallet belongs to now, so a wallet that changes
 * hands before the answer comes does not open the new owner's session. It says nothing about whether the address is known.
 */
export function createSiweChallenges(
  options: SiweOptions,
  deps: { keys: AccessKeys; users: UserDirectory; clock: Clock; random: Random },
): SiweChallenges {
  const limiter = createAttemptLimiter(options.limits, deps);
  return {
    issue({ address, domain = options.domains[0] ?? '' }, client) {
      if (!isAddress(address, { strict: false })) throw accessError('SIWE_ADDRESS_INVALID');
      if (!options.domains.includes(domain)) throw accessError('SIWE_DOMAIN_REFUSED');
      const wallet = address.toLowerCase() as Hex;
      refusePublishedKey(wallet, options);
      if (!limiter.allow(`${wallet} ${client}`)) throw accessError('SIWE_TOO_MANY');
      const issuedAt = deps.clock.now();
      const nonce = Buffer.from(deps.random(16)).toString('hex');
      const msg = createSiweMessage({
        domain,
        address: getAddress(wallet),
        statement: `Log in to ${options.chainName}.`,
        uri: options.uri,
        version: '1',
        chainId: Number(options.chainId),
        nonce,
        issuedAt: new Date(issuedAt),
        expirationTime: new Date(issuedAt + options.challengeTtlMs),
      });
      const mac = deps.keys.sign('siwe-challenge', msg, ownerOf(wallet, deps.users));
      return { msg, nonce, nonceToken: Buffer.from(mac).toString('base64url') };
    },
  };
}

/** Whom a login by this wallet would log in; a wallet user is named by the wallet, so its first login may be under way twice. */
export function ownerOf(wallet: Hex, users: UserDirectory): string {
  const owner = users.byWallet(wallet);
  return owner === undefined || owner.source === 'siwe' ? `wallet ${wallet}` : `user ${owner.id}`;
}

export function refusePublishedKey(wallet: Hex, options: Pick<SiweOptions, 'allowPublishedKeys'>): void {
  if (!options.allowPublishedKeys && PUBLISHED_KEY_WALLETS.has(wallet)) throw accessError('WALLET_IS_PUBLIC_KEY');
}
