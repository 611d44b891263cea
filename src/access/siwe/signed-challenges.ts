import { createHash } from 'node:crypto';
import { getAddress, isAddress, recoverMessageAddress } from 'viem';
import { createSiweMessage, parseSiweMessage, validateSiweMessage } from 'viem/siwe';
import type { Hex } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { AccessKeys, Purpose } from '../access-keys.ts';
import { type AttemptLimits, createAttemptLimiter } from '../attempt-limiter.ts';
import { accessError } from '../errors.ts';
import type { Challenge, ConsumedNonceStore, Random, SiweAnswer } from '../port.ts';
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

/** What a signature is asked for, and to what it is bound beside its message: it is worth nothing for anything else. */
export interface ChallengeUse {
  readonly purpose: Extract<Purpose, 'siwe-challenge' | 'wallet-link'>;
  readonly boundTo: (wallet: Hex) => readonly string[];
}

export interface SignedChallenges {
  /** `client` is where the request came from: an attacker elsewhere must not use up the owner's attempts. */
  issue(
    use: ChallengeUse & { readonly statement: string },
    request: { readonly address: string; readonly domain?: string | undefined },
    client: string,
  ): Challenge;
  /** The wallet whose key signed a challenge that was issued for this use. Each challenge works once. */
  verify(use: ChallengeUse, answer: SiweAnswer): Promise<Hex>;
}

const SIGNATURE = /^0x[0-9a-fA-F]{130}$/;
const messageCharsMax = 2048;

/**
 * Messages to sign (EIP-4361). Stateless: `nonceToken` is a MAC of the message and of what the use binds it to. It says nothing about whether
 * the address is known. Checks are in the order of their cost: only a message that this chain issued costs a signature recovery, only a signed
 * one costs a nonce. Accounts that are contracts (ERC-1271) do not exist here: no contract can be deployed yet (G2).
 */
export function createSignedChallenges(
  options: SiweOptions,
  deps: { keys: AccessKeys; consumedNonces: ConsumedNonceStore; clock: Clock; random: Random },
): SignedChallenges {
  const { keys, clock } = deps;
  const limiter = createAttemptLimiter(options.limits, deps);
  const refusePublishedKey = (wallet: Hex): void => {
    if (!options.allowPublishedKeys && PUBLISHED_KEY_WALLETS.has(wallet)) throw accessError('WALLET_IS_PUBLIC_KEY');
  };
  return {
    issue({ purpose, boundTo, statement }, { address, domain = options.domains[0] ?? '' }, client) {
      if (!isAddress(address, { strict: false })) throw accessError('SIWE_ADDRESS_INVALID');
      if (!options.domains.includes(domain)) throw accessError('SIWE_DOMAIN_REFUSED');
      const wallet = address.toLowerCase() as Hex;
      refusePublishedKey(wallet);
      if (!limiter.allow(`${wallet} ${client}`)) throw accessError('SIWE_TOO_MANY');
      const issuedAt = clock.now();
      const nonce = Buffer.from(deps.random(16)).toString('hex');
      const msg = createSiweMessage({
        domain,
        address: getAddress(wallet),
        statement,
        uri: options.uri,
        version: '1',
        chainId: Number(options.chainId),
        nonce,
        issuedAt: new Date(issuedAt),
        expirationTime: new Date(issuedAt + options.challengeTtlMs),
      });
      const mac = keys.sign(purpose, msg, ...boundTo(wallet));
      return { msg, nonce, nonceToken: Buffer.from(mac).toString('base64url') };
    },

    async verify({ purpose, boundTo }, { message, signature, nonceToken }) {
      if (message.length > messageCharsMax) throw accessError('SIWE_MESSAGE_INVALID', 'too long');
      const fields = parseSiweMessage(message);
      const { address, domain, nonce, expirationTime } = fields;
      if (address === undefined || domain === undefined || nonce === undefined || expirationTime === undefined) {
        throw accessError('SIWE_MESSAGE_INVALID', 'a field is missing');
      }
      const wallet = address.toLowerCase() as Hex;
      if (!keys.verify(purpose, Buffer.from(nonceToken, 'base64url'), message, ...boundTo(wallet))) {
        throw accessError('SIWE_MESSAGE_INVALID', 'not issued here for this, or not to whom it is bound now');
      }
      if (!options.domains.includes(domain)) throw accessError('SIWE_DOMAIN_REFUSED');
      if (BigInt(fields.chainId ?? 0) !== options.chainId) throw accessError('SIWE_MESSAGE_INVALID', 'chain id');
      if (!validateSiweMessage({ message: fields, domain, time: new Date(clock.now()) }))
        throw accessError('SIWE_MESSAGE_EXPIRED');
      refusePublishedKey(wallet);
      if (!(await signedBy(wallet, message, signature))) throw accessError('SIWE_SIGNATURE_INVALID');
      const nonceHash = createHash('sha256').update(nonce).digest('base64url');
      if (!(await deps.consumedNonces.consume(nonceHash, expirationTime.getTime())))
        throw accessError('SIWE_NONCE_USED');
      return wallet;
    },
  };
}

async function signedBy(wallet: Hex, message: string, signature: string): Promise<boolean> {
  if (!SIGNATURE.test(signature)) return false;
  try {
    return (await recoverMessageAddress({ message, signature: signature as Hex })).toLowerCase() === wallet;
  } catch {
    return false;
  }
}
