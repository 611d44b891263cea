import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { AccessKeys, Purpose } from '../access-keys.ts';
import type { Random } from '../port.ts';

/** What the callback must know of the login that it ends. */
export interface PendingLogin {
  /** Id of the provider to which the browser was sent. */
  readonly provider: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly returnTo: string;
  readonly expiresAt: number;
}

/** What ending the login at the provider too needs (OpenID Connect RP-Initiated Logout 1.0). */
export interface LoginAtProvider {
  readonly provider: string;
  /** Absent where it is too large for a cookie. */
  readonly idToken?: string | undefined;
  readonly expiresAt: number;
}

export interface SealedCookie<T> {
  seal(value: T): string;
  /** Undefined when it is not ours, or has expired. */
  open(text: string): T | undefined;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * A value sealed (AES-256-GCM) into a cookie of the browser that it concerns: the server keeps nothing, and another browser has nothing to show
 * (login CSRF). Each purpose has its own key, so one cookie never passes for the other.
 */
export function createSealedCookie<T extends { readonly expiresAt: number }>(
  purpose: Extract<Purpose, 'login-cookie' | 'logout-cookie'>,
  deps: { keys: AccessKeys; random: Random; clock: Clock },
): SealedCookie<T> {
  return {
    seal(value) {
      const iv = deps.random(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', deps.keys.subkeys(purpose)[0]!, iv);
      const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
    },
    open(text) {
      const bytes = Buffer.from(text, 'base64url');
      if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
      for (const key of deps.keys.subkeys(purpose)) {
        try {
          const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
            authTagLength: TAG_BYTES,
          });
          decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
          const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
          const value = JSON.parse(plain.toString('utf8')) as T;
          return value.expiresAt > deps.clock.now() ? value : undefined;
        } catch {
          // Another key's, or forged.
        }
      }
      return undefined;
    },
  };
}
