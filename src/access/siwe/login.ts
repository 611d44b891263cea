import { createHash } from 'node:crypto';
import { recoverMessageAddress } from 'viem';
import { parseSiweMessage, validateSiweMessage } from 'viem/siwe';
import type { Hex } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { AccessKeys } from '../access-keys.ts';
import { accessError } from '../errors.ts';
import type { ConsumedNonceStore, IdentityRoles, SiweLogin, User, UserDirectory } from '../port.ts';
import { ownerOf, refusePublishedKey, type SiweOptions } from './challenge.ts';

const SIGNATURE = /^0x[0-9a-fA-F]{130}$/;
const messageCharsMax = 2048;

/** Cheap checks first: only a message that this chain issued costs a signature recovery, only a signed one costs a nonce. */
export function createSiweLogin(
  options: SiweOptions,
  deps: {
    keys: AccessKeys;
    users: UserDirectory;
    identities: IdentityRoles;
    consumedNonces: ConsumedNonceStore;
    clock: Clock;
  },
): SiweLogin {
  const { keys, users, clock } = deps;
  return {
    async verify({ message, signature, nonceToken }) {
      if (message.length > messageCharsMax) throw accessError('SIWE_MESSAGE_INVALID', 'too long');
      const fields = parseSiweMessage(message);
      const { address, domain, nonce, expirationTime } = fields;
      if (address === undefined || domain === undefined || nonce === undefined || expirationTime === undefined) {
        throw accessError('SIWE_MESSAGE_INVALID', 'a field is missing');
      }
      const wallet = address.toLowerCase() as Hex;
      if (!keys.verify('siwe-challenge', Buffer.from(nonceToken, 'base64url'), message, ownerOf(wallet, users))) {
        throw accessError('SIWE_MESSAGE_INVALID', 'not issued here, or the wallet changed hands');
      }
      if (!options.domains.includes(domain)) throw accessError('SIWE_DOMAIN_REFUSED');
      if (BigInt(fields.chainId ?? 0) !== options.chainId) throw accessError('SIWE_MESSAGE_INVALID', 'chain id');
      if (!validateSiweMessage({ message: fields, domain, time: new Date(clock.now()) }))
        throw accessError('SIWE_MESSAGE_EXPIRED');
      refusePublishedKey(wallet, options);
      if (!(await signedBy(wallet, message, signature))) throw accessError('SIWE_SIGNATURE_INVALID');
      const nonceHash = createHash('sha256').update(nonce).digest('base64url');
      if (!(await deps.consumedNonces.consume(nonceHash, expirationTime.getTime())))
        throw accessError('SIWE_NONCE_USED');
      return admit(wallet);
    },
  };

  async function admit(wallet: Hex): Promise<User> {
    const owner = users.byWallet(wallet);
    if (owner?.disabled) throw accessError('LOGIN_NOT_PERMITTED', 'disabled');
    // A person's wallet, or a wallet user with a role given by configuration, was admitted by a person; any other one by the chain itself.
    if (owner !== undefined && (owner.source === 'oidc' || owner.roles.some((role) => role !== 'customer')))
      return owner;
    if ((await deps.identities.rolesOf(BigInt(wallet))) === 0n) {
      // What earlier logins left ends with the role.
      if (owner !== undefined) await users.refuse(owner.id);
      throw accessError('LOGIN_NOT_PERMITTED', 'no role on chain');
    }
    if (owner !== undefined && owner.roles.length > 0) return owner;
    return users.save({
      issuer: walletIssuer(options.chainId),
      subject: wallet,
      source: 'siwe',
      displayName: `${wallet.slice(0, 6)}…${wallet.slice(-4)}`,
      roles: ['customer'],
      wallets: [wallet],
    });
  }
}

/** Issuer of wallet users: the chain whose identity registry admits them (CAIP-2). */
export const walletIssuer = (chainId: bigint): string => `eip155:${chainId}`;

async function signedBy(wallet: Hex, message: string, signature: string): Promise<boolean> {
  if (!SIGNATURE.test(signature)) return false;
  try {
    return (await recoverMessageAddress({ message, signature: signature as Hex })).toLowerCase() === wallet;
  } catch {
    return false;
  }
}
