import { createHash } from 'node:crypto';
import { bytesToBigInt } from '../../base/bytes.ts';
import { FR_MODULUS } from '../../chain/constants.ts';

/** Anybody can compute the secret from this, and with it forge any proof: the development string secures nothing. */
export const DEVELOPMENT_SEED = 'privity development reference string 1: public, insecure, never for value';

/** The discrete logarithm that a ceremony would have destroyed. */
export const developmentSecret = (): bigint =>
  bytesToBigInt(new Uint8Array(createHash('sha512').update(DEVELOPMENT_SEED).digest())) % FR_MODULUS;
