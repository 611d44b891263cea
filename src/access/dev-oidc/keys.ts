import { generateKeyPairSync } from 'node:crypto';
import type { JWK } from 'oidc-provider';
import { assert } from '../../base/assert.ts';
import { Secret } from '../../base/secret.ts';
import type { Random } from '../port.ts';

/** What the development provider must keep over a restart, or sessions at it end and old ID tokens no longer verify. */
export interface DevOidcKeys {
  readonly jwk: JWK;
  readonly cookieKey: string;
  readonly clientSecret: string;
}

export function generateDevOidcKeys(random: Random): Secret<DevOidcKeys> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y, d } = privateKey.export({ format: 'jwk' });
  assert(crv !== undefined && x !== undefined && y !== undefined && d !== undefined, 'a P-256 key has its members');
  return new Secret({
    jwk: { kty: kty as 'EC', crv, x, y, d, use: 'sig', alg: 'ES256' },
    cookieKey: Buffer.from(random(32)).toString('base64url'),
    clientSecret: Buffer.from(random(32)).toString('base64url'),
  });
}
