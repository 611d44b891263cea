import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { foldersOf } from '../../src/node/folders.ts';
import { openIdProviders } from '../../src/node/open-id-providers.ts';
import { providerConfig } from '../support/provider-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-providers-'));
afterAll(() => rmSync(folder, { recursive: true }));
const secretFile = join(folder, 'secret');
writeFileSync(secretFile, 'client-secret\n');

const URL_OF_NODE = 'https://chain.bank.example';

function opened(overrides: Partial<Config>) {
  const config = loadConfig({ environment: {}, overrides: { dataDir: folder, ...overrides } });
  const folders = foldersOf(config);
  mkdirSync(folders.keys, { recursive: true });
  return { folders, ...openIdProviders({ config, folders, clock: systemClock }, URL_OF_NODE) };
}

const provider = (changes: Parameters<typeof providerConfig>[0]) =>
  opened({ 'oidc.providers': [providerConfig({ clientSecretFile: secretFile, ...changes })] }).providers[0]!;

describe('the providers of the configuration', () => {
  it('have a redirect URI each, the name of their organisation, and the secret without the end of its line', () => {
    const { providers, embedded } = opened({
      'oidc.providers': [
        providerConfig({ clientSecretFile: secretFile, name: 'Example Bank' }),
        providerConfig({
          id: 'other',
          issuer: 'https://other.example',
          clientAuthentication: 'none',
          clientSecretFile: '',
        }),
      ],
    });
    expect(embedded).toBeUndefined();
    expect(providers.map(({ redirectUri, name }) => [redirectUri, name])).toEqual([
      [`${URL_OF_NODE}/auth/callback/bank`, 'Example Bank'],
      [`${URL_OF_NODE}/auth/callback/other`, 'other'],
    ]);
    const [{ authentication }, other] = providers as [(typeof providers)[0], (typeof providers)[0]];
    expect(authentication.method === 'client_secret_basic' && authentication.secret.reveal()).toBe('client-secret');
    expect(other.authentication).toEqual({ method: 'none' });
    expect(JSON.stringify(providers)).not.toContain('client-secret');
  });

  it('map names and subjects to roles, one to several too', () => {
    const { roles } = provider({
      'roles.operator': ['admins'],
      'roles.auditor': ['admins', 'CN=audit,OU=bank'],
      'subjects.customer': ['s1'],
    });
    expect([...roles.names]).toEqual([
      ['admins', ['operator', 'auditor']],
      ['CN=audit,OU=bank', ['auditor']],
    ]);
    expect([...roles.subjects]).toEqual([['s1', ['customer']]]);
  });

  it('are reached without TLS in development only', () => {
    expect(provider({}).allowInsecureIssuer).toBe(false);
    const { providers } = opened({
      mode: 'development',
      'oidc.providers': [providerConfig({ clientSecretFile: secretFile })],
    });
    expect(providers[0]!.allowInsecureIssuer).toBe(true);
  });

  it('stop the start when a secret cannot be read', () => {
    expect(() => provider({ clientSecretFile: join(folder, 'none') })).toThrow(/ENOENT/);
  });
});

describe('the embedded provider', () => {
  it('is there in development without a provider, under the keys that it had, which nobody else reads', () => {
    const { providers, embedded, folders } = opened({ mode: 'development' });
    expect([providers.length, embedded?.mountPath, providers[0]!.issuer]).toEqual([1, '/oidc', `${URL_OF_NODE}/oidc`]);
    const path = join(folders.keys, 'oidc.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const kept = readFileSync(path, 'utf8');
    opened({ mode: 'development' });
    expect(readFileSync(path, 'utf8')).toBe(kept);
  });

  it('is not there in production, nor beside another', () => {
    expect(opened({ mode: 'production' })).toMatchObject({ providers: [], embedded: undefined });
    const { embedded } = opened({
      mode: 'development',
      'oidc.providers': [providerConfig({ clientSecretFile: secretFile })],
    });
    expect(embedded).toBeUndefined();
  });
});
