import secp256k1 from 'secp256k1';
import type { Secret } from '../base/secret.ts';
import { type Denial, denialDigest, type SignedDenial } from '../chain/denial.ts';
import { word32 } from '../chain/packed.ts';

export interface DenialSigner {
  /** Compressed public key, 33 bytes: published, so that anyone can check a denial. */
  readonly publicKey: Uint8Array;
  sign(denial: Denial): SignedDenial;
}

export function createDenialSigner(key: Secret<Uint8Array>): DenialSigner {
  return {
    publicKey: secp256k1.publicKeyCreate(key.reveal(), true),
    sign: (denial) => ({
      ...denial,
      signature: secp256k1.ecdsaSign(word32(denialDigest(denial)), key.reveal()).signature,
    }),
  };
}

export const verifyDenial = (denial: SignedDenial, publicKey: Uint8Array): boolean =>
  denial.signature.length === 64 && secp256k1.ecdsaVerify(denial.signature, word32(denialDigest(denial)), publicKey);
