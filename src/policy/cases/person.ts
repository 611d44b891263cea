import { createHash } from 'node:crypto';
import { privateKeyToAddress } from 'viem/accounts';
import { bigIntToHex, bytesToBigInt, type Hex } from '../../base/bytes.ts';
import { SECP256K1_ORDER } from '../../chain/secp256k1.ts';

/** Key of a person in a decision table: anybody can compute it, so it is worth nothing anywhere else. Lets live tests sign the same rows. */
export function personKey(name: string): Hex {
  const digest = bytesToBigInt(createHash('sha256').update(`privity decision table: ${name}`).digest());
  return bigIntToHex((digest % (SECP256K1_ORDER - 1n)) + 1n, 32);
}

export const personAddress = (name: string): bigint => BigInt(privateKeyToAddress(personKey(name)));
