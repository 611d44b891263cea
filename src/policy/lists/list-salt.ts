import { createHmac } from 'node:crypto';
import { bytesToBigInt } from '../../base/bytes.ts';
import type { Secret } from '../../base/secret.ts';
import { address20, u64 } from '../../chain/packed.ts';
import { requireSalt } from '../compile/policy-salt.ts';

/** Salt of a list leaf: first 31 bytes of HMAC-SHA256(secret, "list" || u64 list || address). Without it a root would confirm guesses. */
export function deriveListSalt(secret: Secret<Uint8Array>, list: bigint, address: bigint): bigint {
  const mac = createHmac('sha256', requireSalt(secret)).update('list').update(u64(list)).update(address20(address));
  return bytesToBigInt(mac.digest().subarray(0, 31));
}
