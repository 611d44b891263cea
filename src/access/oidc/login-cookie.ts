import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { AccessKeys } from '../access-keys.ts';
import type { Random } from '../port.ts';

/** What the callback must know of the login that it ends. */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly returnTo: string;
  readonly expiresAt: number;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * A pending login, sealed (AES-256-GCM) into a cookie of the browser that began it: the server keeps nothing, and a callback in another browser
 * (login CSRF) finds no cookie.
 */
export function createLoginCookie(deps: { keys: AccessKeys; random: Random; clock: Clock }): {
  seal(login: PendingLogin): string;
  open(value: string): PendingLogin | undefined;
} {
  return {
    seal(login) {
      const iv = deps.random(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', deps.keys.subkeys('login-cookie')[0]!, iv);
      const sealed = Buffer.concat([cipher.update(JSON.stringify(login), 'utf8'), cipher.final()]);
      return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
    },
    open(value) {
      const bytes = Buffer.from(value, 'base64url');
      if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
      for (const key of deps.keys.subkeys('login-cookie')) {
        try {
          const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
            authTagLength: TAG_BYTES,
          });
          decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
          const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
          const login = JSON.parse(plain.toString('utf8')) as PendingLogin;
          return login.expiresAt > deps.clock.now() ? login : undefined;
        } catch {
          // Another key's, or forged.
        }
      }
      return undefined;
    },
  };
}
