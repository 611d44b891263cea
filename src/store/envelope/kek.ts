import type { Secret } from '../../base/secret.ts';

/**
 * The key-encryption key: the one secret that does not live with the data (G6). It only ever wraps and unwraps 32-byte keys, so that a
 * token (PKCS#11), Vault or a cloud KMS can stand behind it without handing the key out; hence the promises and the absence of anything
 * else. `context` names what the key is for and is authenticated with it.
 */
export interface Kek {
  /** Names the key without revealing it; stored beside everything it wraps, so that a wrong key is told from damage. */
  readonly id: string;
  wrap(key: Secret, context: Uint8Array): Promise<Uint8Array>;
  /** Rejects with STORE_KEK_WRONG when this is not the key that wrapped, or the bytes or context differ. */
  unwrap(wrapped: Uint8Array, context: Uint8Array): Promise<Secret>;
}
