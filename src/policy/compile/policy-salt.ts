import { createHash, createHmac } from 'node:crypto';
import { bytesToBigInt } from '../../base/bytes.ts';
import type { Secret } from '../../base/secret.ts';
import { policyError } from '../errors.ts';

export const SALT_BYTES = 32;

/**
 * The salt of the policy root: first 31 bytes of HMAC-SHA256(secret, "policy" || sha256(canonical text)). The text covers the whole compiled
 * policy, also what is only enforced (read rules, events, limits): so the root that two people approve on L1 names all of it, and a changed
 * read rule is a changed root.
 */
export function derivePolicySalt(secret: Secret<Uint8Array>, canonicalText: string): bigint {
  const key = requireSalt(secret);
  const content = createHash('sha256').update(canonicalText).digest();
  return bytesToBigInt(createHmac('sha256', key).update('policy').update(content).digest().subarray(0, 31));
}

export function requireSalt(secret: Secret<Uint8Array>): Uint8Array {
  const bytes = secret.reveal();
  if (bytes.length !== SALT_BYTES) throw policyError('POLICY_SALT', `${bytes.length} bytes`);
  return bytes;
}
