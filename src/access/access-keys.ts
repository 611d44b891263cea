import { createHmac, hkdfSync } from 'node:crypto';
import { assert } from '../base/assert.ts';
import { equalConstantTime, type Secret } from '../base/secret.ts';

const PURPOSES = ['siwe-challenge', 'wallet-link', 'wallet-token', 'login-cookie', 'logout-cookie'] as const;

export type Purpose = (typeof PURPOSES)[number];

const KEY_BYTES_MIN = 32;

/**
 * Keys of the access layer: the first one signs, all of them verify, so that a key can be rotated without ending what it signed. Each purpose
 * has its own subkey (RFC 5869), so a value made for one never passes for another.
 */
export class AccessKeys {
  readonly #subkeys: ReadonlyMap<Purpose, readonly Buffer[]>;

  constructor(secrets: readonly Secret<Uint8Array>[]) {
    assert(secrets.length > 0, 'the access layer needs a key');
    for (const secret of secrets)
      assert(secret.reveal().length >= KEY_BYTES_MIN, 'an access key has at least 32 bytes');
    const derive = (purpose: Purpose) =>
      secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret.reveal(), '', `privity ${purpose}`, 32)));
    this.#subkeys = new Map(PURPOSES.map((purpose) => [purpose, derive(purpose)]));
  }

  sign(purpose: Purpose, ...parts: readonly string[]): Uint8Array {
    return mac(this.subkeys(purpose)[0]!, parts);
  }

  /** One mac per key, the signing key's first. */
  signAll(purpose: Purpose, ...parts: readonly string[]): Uint8Array[] {
    return this.subkeys(purpose).map((key) => mac(key, parts));
  }

  verify(purpose: Purpose, given: Uint8Array, ...parts: readonly string[]): boolean {
    return this.subkeys(purpose).some((key) => equalConstantTime(mac(key, parts), given));
  }

  subkeys(purpose: Purpose): readonly Buffer[] {
    return this.#subkeys.get(purpose)!;
  }
}

/** Each part is preceded by its length, so that no two lists of parts give the same bytes. */
function mac(key: Buffer, parts: readonly string[]): Uint8Array {
  const hmac = createHmac('sha256', key);
  for (const part of parts) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(part));
    hmac.update(length).update(part);
  }
  return hmac.digest();
}
