import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AccessKeys } from '../../src/access/access-keys.ts';
import { SAMPLE_ACCOUNTS, type SampleAccount } from '../../src/access/dev-oidc/accounts.ts';
import { generateDevOidcKeys } from '../../src/access/dev-oidc/keys.ts';
import { loginPage } from '../../src/access/dev-oidc/login-page.ts';
import { createDevOidc } from '../../src/access/dev-oidc/provider.ts';
import { areRolesElsewhere, mapRoles, type RoleMapping } from '../../src/access/oidc/role-mapping.ts';
import { createSealedCookie, type PendingLogin } from '../../src/access/oidc/sealed-cookie.ts';
import { systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';

const mapping: RoleMapping = {
  claim: 'realm_access.roles',
  names: new Map([
    ['chain-auditors', ['auditor']],
    ['staff', ['registrar', 'compliance']],
    ['CN=customers,OU=chain', ['customer']],
  ]),
  subjects: new Map([['s1', ['operator']]]),
};
const unmapped: RoleMapping = { claim: 'roles', names: new Map(), subjects: new Map() };

describe('roles from claims', () => {
  it.each([
    ['by the provider’s name', 's', { realm_access: { roles: ['chain-auditors'] } }, ['auditor']],
    ['several by one name', 's', { realm_access: { roles: ['staff'] } }, ['compliance', 'registrar']],
    ['by the name of a directory', 's', { realm_access: { roles: ['CN=customers,OU=chain'] } }, ['customer']],
    ['by subject', 's1', {}, ['operator']],
    ['a single string', 's', { realm_access: { roles: 'chain-auditors' } }, ['auditor']],
    ['a claim with dots in its name', 's', { 'realm_access.roles': ['chain-auditors'] }, ['auditor']],
    [
      'without repeats, sorted',
      's1',
      { realm_access: { roles: ['chain-auditors', 'chain-auditors'] } },
      ['auditor', 'operator'],
    ],
    [
      'none from a role’s own name where names are mapped',
      's',
      { realm_access: { roles: ['operator', 'customer'] } },
      [],
    ],
    ['none from unknown names', 's', { realm_access: { roles: ['admin', 'root', '', 'Chain-Auditors'] } }, []],
    ['none of another’s subject', 's2', {}, []],
    [
      'none from names of prototypes',
      'constructor',
      { realm_access: { roles: ['toString', 'constructor', '__proto__'] } },
      [],
    ],
    [
      'none from other shapes',
      's',
      { realm_access: { roles: [1, null, { 'chain-auditors': true }, ['chain-auditors']] } },
      [],
    ],
    ['none from a missing claim', 's', { roles: ['chain-auditors'] }, []],
    ['none from a claim on the way that is no object', 's', { realm_access: 'roles' }, []],
  ])('%s', (_name, subject, claims, expected) => {
    expect(mapRoles(mapping, subject, claims)).toEqual(expected);
  });

  it('stand for themselves only while nothing is mapped', () => {
    expect(mapRoles(unmapped, 's', { roles: ['customer', 'admin', 'Operator'] })).toEqual(['customer']);
    expect(mapRoles({ ...unmapped, subjects: mapping.subjects }, 's', { roles: ['customer'] })).toEqual([]);
  });

  it('that stand elsewhere are seen, and give none', () => {
    const claims = { _claim_names: { roles: 'src1' }, _claim_sources: { src1: { endpoint: 'https://elsewhere' } } };
    expect([areRolesElsewhere(unmapped, claims), mapRoles(unmapped, 's', claims)]).toEqual([true, []]);
    for (const other of [{}, { _claim_names: 'roles' }, { _claim_names: null }, { _claim_names: { groups: 'src1' } }])
      expect(areRolesElsewhere(unmapped, other)).toBe(false);
  });
});

describe('the cookie of a pending login', () => {
  const keys = new AccessKeys([new Secret(new Uint8Array(randomBytes(32)))]);
  const make = (now: number, with_ = keys) =>
    createSealedCookie<PendingLogin>('login-cookie', {
      keys: with_,
      random: randomBytes,
      clock: { now: () => now, sleep: async () => undefined },
    });
  const login = { provider: 'p', state: 's', nonce: 'n', codeVerifier: 'v', returnTo: '/', expiresAt: 1000 };

  it('opens until it expires, and hides what it holds', () => {
    const sealed = make(0).seal(login);
    expect(make(999).open(sealed)).toEqual(login);
    expect(make(1000).open(sealed)).toBeUndefined();
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('codeVerifier');
  });

  it('does not open with any bit changed, truncated, or under another key', () => {
    const sealed = Buffer.from(make(0).seal(login), 'base64url');
    for (let bit = 0; bit < sealed.length * 8; bit += 7) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(make(0).open(flipped.toString('base64url'))).toBeUndefined();
    }
    for (const length of [0, 1, 28, sealed.length - 1]) {
      expect(make(0).open(sealed.subarray(0, length).toString('base64url'))).toBeUndefined();
    }
    const logout = createSealedCookie('logout-cookie', {
      ...{ keys, random: randomBytes, clock: { now: () => 0, sleep: async () => undefined } },
    });
    expect(logout.open(sealed.toString('base64url'))).toBeUndefined();
    const other = new AccessKeys([new Secret(new Uint8Array(randomBytes(32)))]);
    expect(make(0, other).open(sealed.toString('base64url'))).toBeUndefined();
  });
});

describe('the development identity provider', () => {
  const options = {
    issuer: 'http://127.0.0.1:1/dev-oidc',
    clientId: 'privity',
    clientAuthentication: 'client_secret_basic' as const,
    redirectUri: 'http://127.0.0.1:1/auth/callback/dev',
    signedOutUri: 'http://127.0.0.1:1/auth/signed-out',
    accounts: SAMPLE_ACCOUNTS,
    claimsOf: ({ roles }: SampleAccount) => ({ privity_roles: [...roles] }),
  };

  it.each(['production', '', 'Development', 'test'])('refuses to exist in mode %j', (mode) => {
    const deps = { keys: generateDevOidcKeys(randomBytes), clock: systemClock };
    expect(() => createDevOidc({ ...options, mode }, deps)).toThrow(
      expect.objectContaining({ code: 'DEV_OIDC_FORBIDDEN' }),
    );
    expect(createDevOidc({ ...options, mode: 'development' }, deps).mountPath).toBe('/dev-oidc');
  });

  it('offers every console role, and escapes what it shows', () => {
    const roles = new Set(SAMPLE_ACCOUNTS.flatMap((account) => account.roles));
    expect([...roles].sort()).toEqual(['auditor', 'compliance', 'customer', 'operator', 'registrar']);
    const page = loginPage([{ subject: '"><script>', name: '<b>', roles: ['customer'] }], '/x?"');
    expect(page).not.toContain('<script>');
    expect(page).not.toContain('<b>');
  });

  it('never prints its keys', () => {
    expect(JSON.stringify(generateDevOidcKeys(randomBytes))).toBe('"[secret]"');
  });
});

describe('access keys', () => {
  it('separate purposes and parts, and refuse to be short', () => {
    const keys = new AccessKeys([new Secret(new Uint8Array(32).fill(7))]);
    const mac = keys.sign('siwe-challenge', 'ab', 'c');
    expect(keys.verify('siwe-challenge', mac, 'ab', 'c')).toBe(true);
    expect(keys.verify('siwe-challenge', mac, 'a', 'bc')).toBe(false);
    expect(keys.verify('wallet-token', mac, 'ab', 'c')).toBe(false);
    expect(() => new AccessKeys([new Secret(new Uint8Array(31))])).toThrow();
    expect(() => new AccessKeys([])).toThrow();
  });
});
