/** EIP-712 message that the second signer of an identity change signs (docs/PROTOCOL.md 4). */

import { concatBytes } from '../base/bytes.ts';
import { IDENTITY_REGISTRY_ADDRESS } from './constants.ts';
import { keccak256 } from './keccak.ts';
import { word32 } from './packed.ts';
import { addressOf, type PublicKey, recoverPublicKey } from './secp256k1.ts';

export interface IdentityChange {
  readonly signer: bigint;
  readonly signerNonce: bigint;
  readonly subject: bigint;
  readonly oldValue: bigint;
  readonly newValue: bigint;
  readonly deadline: bigint;
}

const text = (value: string) => keccak256(Buffer.from(value));
const DOMAIN_TYPE = text('EIP712Domain(uint256 chainId,address verifyingContract)');
const CHANGE_TYPE = text(
  'IdentityChange(address signer,uint64 signerNonce,address subject,uint256 oldValue,uint256 newValue,uint64 deadline)',
);

export function hashIdentityChange(chainId: bigint, change: IdentityChange): Uint8Array {
  const domain = keccak256(concatBytes(DOMAIN_TYPE, word32(chainId), word32(IDENTITY_REGISTRY_ADDRESS)));
  const fields = [change.signer, change.signerNonce, change.subject, change.oldValue, change.newValue, change.deadline];
  const struct = keccak256(concatBytes(CHANGE_TYPE, ...fields.map(word32)));
  return keccak256(concatBytes(Uint8Array.of(0x19, 0x01), domain, struct));
}

/** Splits EIP-2098's `vs`. */
export const splitVs = (vs: bigint): { s: bigint; yParity: 0 | 1 } => ({
  s: vs & ((1n << 255n) - 1n),
  yParity: vs >> 255n === 1n ? 1 : 0,
});

/** The co-signer, or undefined when the signature recovers to nobody. */
export function recoverCosigner(
  chainId: bigint,
  change: IdentityChange,
  r: bigint,
  vs: bigint,
): { address: bigint; publicKey: PublicKey } | undefined {
  const publicKey = recoverPublicKey(hashIdentityChange(chainId, change), { r, ...splitVs(vs) });
  return publicKey === undefined ? undefined : { address: addressOf(publicKey), publicKey };
}
