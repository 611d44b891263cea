/** G10: unsafe configuration refuses to start, with the field and the reason. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig, showValue } from '../../src/config/load.ts';
import { CONFIG_FIELDS, type Config, type ConfigPath, environmentName, type Field } from '../../src/config/schema.ts';
import { REFUSALS, verifyConfig } from '../../src/config/verify.ts';
import { providerConfig } from '../support/provider-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A production configuration that nothing is wrong with. */
const SAFE: Partial<Config> = {
  mode: 'production',
  dataDir: '/var/lib/privity',
  genesisFile: '/etc/privity/genesis.json',
  'http.publicUrl': 'https://chain.bank.example',
  'l1.chainId': 1,
  'l1.chain': '0x1111111111111111111111111111111111111111',
  'l1.bridge': '0x2222222222222222222222222222222222222222',
  'l1.governor': '0x3333333333333333333333333333333333333333',
  'l1.commitKeyFile': '/run/keys/commit',
  'l1.proveKeyFile': '/run/keys/prove',
  'l1.executeKeyFile': '/run/keys/execute',
  'keys.kekFile': '/run/keys/kek',
  'keys.saltKeyFile': '/run/keys/salt',
  'keys.denialKeyFile': '/run/keys/denial',
  'keys.accessKeyFile': '/run/keys/access',
  'policy.saltFile': '/run/keys/policy-salt',
  'prover.string': '/var/lib/privity-string',
  'oidc.providers': [providerConfig()],
};

const safe = (changes: Partial<Config> = {}): Config =>
  loadConfig({ environment: {}, overrides: { ...SAFE, ...changes } });
const textOf = (config: Config): string => {
  try {
    verifyConfig(config);
    return '';
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_UNSAFE' });
    return (error as { publicText: string }).publicText;
  }
};

const providers = (...changes: readonly Parameters<typeof providerConfig>[0][]): Partial<Config> => ({
  'oidc.providers': changes.map(providerConfig),
});
const MAPPED = { 'roles.customer': ['customers'] };
const OTHER = { id: 'other', issuer: 'https://other.example' };

/** What makes each refusal, and no other, apply. */
const TRIGGERS: readonly (readonly [field: ConfigPath, reason: RegExp, changes: Partial<Config>])[] = [
  ['genesisFile', /genesis/, { genesisFile: '' }],
  ['l1.chain', /PrivityChain/, { 'l1.chain': '' }],
  ['l1.bridge', /PrivityBridge/, { 'l1.bridge': '' }],
  ['l1.governor', /PolicyGovernor/, { 'l1.governor': '' }],
  ['l1.weth', /not an address/, { 'l1.weth': '0x12' }],
  ['l1.commitKeyFile', /commit key/, { 'l1.commitKeyFile': '' }],
  ['l1.proveKeyFile', /prove key/, { 'l1.proveKeyFile': '' }],
  ['l1.executeKeyFile', /execute key/, { 'l1.executeKeyFile': '' }],
  ['l1.proveKeyFile', /three different/, { 'l1.proveKeyFile': '/run/keys/../keys/commit' }],
  ['keys.saltKeyFile', /salt key/, { 'keys.saltKeyFile': '' }],
  ['keys.denialKeyFile', /denials/, { 'keys.denialKeyFile': '' }],
  ['keys.accessKeyFile', /login challenges/, { 'keys.accessKeyFile': '' }],
  ['policy.saltFile', /policy root/, { 'policy.saltFile': '' }],
  ['keys.kekFile', /needs a key-encryption key/, { 'keys.kekFile': '' }],
  ['keys.kekFile', /not both/, { 'keys.kekEnv': 'KEK' }],
  ['keys.kekFile', /inside the data folder/, { 'keys.kekFile': '/var/lib/privity/keys/kek' }],
  ['prover.string', /anyone can forge/, { 'prover.string': 'development', 'l1.chainId': 31337 }],
  ['prover.string', /chain id 31337/, { mode: 'development', 'prover.string': 'development' }],
  ['oidc.providers', /needs an OpenID/, { 'oidc.providers': [] }],
  ['oidc.providers', /an id is empty/, providers({ id: '' })],
  ['oidc.providers', /an id is empty/, providers({ id: 'Bank' })],
  ['oidc.providers', /an id is empty/, providers({ id: '../bank' })],
  ['oidc.providers', /an id is empty/, providers({ id: 'a'.repeat(33) })],
  ['oidc.providers', /same id/, providers(MAPPED, { ...MAPPED, issuer: 'https://other.example' })],
  ['oidc.providers', /issuer is missing/, providers({ issuer: '' })],
  ['oidc.providers', /issuer is missing/, providers({ issuer: 'login.bank.example' })],
  ['oidc.providers', /issuer is missing/, providers({ issuer: 'https://login.bank.example/?tenant=a' })],
  ['oidc.providers', /issuer is missing/, providers({ issuer: 'https://user:pass@login.bank.example' })],
  ['oidc.providers', /issuer is missing/, providers({ issuer: 'file:///etc/passwd' })],
  ['oidc.providers', /same issuer/, providers(MAPPED, { ...MAPPED, id: 'other' })],
  ['oidc.providers', /over https/, providers({ issuer: 'http://login.bank.example' })],
  ['oidc.providers', /over https/, providers({ issuer: 'HTTP://login.bank.example' })],
  ['oidc.providers', /clientSecretFile/, providers({ clientSecretFile: '' })],
  ['oidc.providers', /clientSecretFile/, providers({ clientAuthentication: 'none' })],
  ['oidc.providers', /scopes/, providers({ scopes: ['profile', 'email'] })],
  ['oidc.providers', /scopes/, providers({ scopes: ['openid profile'] })],
  ['oidc.providers', /not a domain/, providers({ emailDomains: ['Bank.example'] })],
  ['oidc.providers', /not a domain/, providers({ emailDomains: ['@bank.example'] })],
  ['oidc.providers', /not a domain/, providers({ emailDomains: ['*.example'] })],
  [
    'oidc.providers',
    /same e-mail domain/,
    providers(
      { ...MAPPED, emailDomains: ['bank.example'] },
      { ...MAPPED, ...OTHER, emailDomains: ['other.example', 'bank.example'] },
    ),
  ],
  ['oidc.providers', /nobody gets there/, providers({ isListed: false })],
  ['oidc.providers', /of several/, providers(MAPPED, OTHER)],
  ['oidc.providers', /lists nobody/, providers({ admission: 'listed' })],
  ['http.publicUrl', /https/, { 'http.publicUrl': 'http://chain.bank.example' }],
  ['l1.confirmationsMin', /confirmations/, { 'l1.confirmationsMin': 1 }],
  ['chain.batchIntervalSeconds', /empty batch/, { 'chain.batchIntervalSeconds': 299 }],
  ['chain.priorityDeadlineSeconds', /deadlock/, { 'chain.priorityDeadlineSeconds': 1_943 }],
  ['store.url', /connection string/, { 'store.kind': 'postgres' }],
  ['apps.redirects', /redirect URI/, { 'apps.redirects': ['dapp=http://dapp.example/callback'] }],
  ['http.trustedProxies', /IP address/, { 'http.trustedProxies': ['10.0.0.1', 'proxy.example'] }],
  ['http.trustedProxies', /IP address/, { 'http.trustedProxies': ['0.0.0.0/0'] }],
  ['session.idleSeconds', /absolute/, { 'session.idleSeconds': 3_600, 'session.absoluteSeconds': 3_599 }],
];

describe('refusals', () => {
  it('accept a safe production configuration, and the development defaults', () => {
    expect(textOf(safe())).toBe('');
    expect(textOf(loadConfig({ environment: {}, overrides: { mode: 'development' } }))).toBe('');
  });

  it.each(TRIGGERS)('%s: %s, and nothing else', (field, reason, changes) => {
    const lines = textOf(safe(changes)).split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${field.replace('.', '\\.')}: `));
    expect(lines[0]).toMatch(reason);
  });

  it('every row of the table is triggered here', () => {
    const untested = REFUSALS.filter(
      ({ field, reason }) => !TRIGGERS.some(([path, pattern]) => path === field && pattern.test(reason)),
    );
    expect(untested.map(({ field, reason }) => `${field}: ${reason}`)).toEqual([]);
  });

  it('names everything that is wrong at once', () => {
    const lines = textOf(loadConfig({ environment: {} })).split('\n');
    expect(lines.length).toBeGreaterThan(10);
  });

  it('sees through relative paths into the data folder', () => {
    expect(textOf(safe({ dataDir: 'data', 'keys.kekFile': './data/x/../kek' }))).toMatch(/inside the data folder/);
    expect(textOf(safe({ dataDir: 'data', 'keys.kekFile': 'data-keys/kek' }))).toBe('');
  });
});

describe('loading', () => {
  const file = (text: string): string => {
    const path = join(folder, `${Math.random()}.yaml`);
    writeFileSync(path, text);
    return path;
  };
  const load = (text: string, environment: Record<string, string> = {}) =>
    loadConfig({ file: file(text), environment });

  it.each([
    ['an unknown field', 'l1: { urll: x }', 'CONFIG_UNKNOWN_FIELD', 'l1.urll'],
    ['an unknown section', 'colour: red', 'CONFIG_UNKNOWN_FIELD', 'colour'],
    ['text for a number', 'http: { port: "8545" }', 'CONFIG_INVALID', 'http.port'],
    ['a fraction', 'http: { port: 8545.5 }', 'CONFIG_INVALID', 'http.port'],
    ['a number out of range', 'http: { port: 65536 }', 'CONFIG_INVALID', 'http.port'],
    ['a number for text', 'dataDir: 5', 'CONFIG_INVALID', 'dataDir'],
    ['a word that is not one of them', 'mode: staging', 'CONFIG_INVALID', 'mode'],
    ['a mapping for a list', 'oidc: { providers: { id: a } }', 'CONFIG_INVALID', 'oidc.providers'],
    ['a text in a list of records', 'oidc: { providers: [a] }', 'CONFIG_INVALID', 'oidc.providers[0]'],
    [
      'an unknown field of a record',
      'oidc: { providers: [{ id: a, isuer: b }] }',
      'CONFIG_UNKNOWN_FIELD',
      'oidc.providers[0].isuer',
    ],
    [
      'an unknown role',
      'oidc: { providers: [{ roles: { admin: [a] } }] }',
      'CONFIG_UNKNOWN_FIELD',
      'oidc.providers[0].roles.admin',
    ],
    [
      'a text for a list in a record',
      'oidc: { providers: [{}, { scopes: openid }] }',
      'CONFIG_INVALID',
      'oidc.providers[1].scopes',
    ],
    [
      'a number out of range in a record',
      'oidc: { providers: [{ clockToleranceSeconds: 301 }] }',
      'CONFIG_INVALID',
      'clockToleranceSeconds',
    ],
    [
      'a word that is not one of them in a record',
      'oidc: { providers: [{ admission: all }] }',
      'CONFIG_INVALID',
      'admission',
    ],
    [
      'the one provider of before',
      'oidc: { issuer: https://login.bank.example }',
      'CONFIG_UNKNOWN_FIELD',
      'oidc.issuer',
    ],
    ['text for a list', 'siwe: { domains: a.example }', 'CONFIG_INVALID', 'siwe.domains'],
    ['a list of numbers', 'siwe: { domains: [1] }', 'CONFIG_INVALID', 'siwe.domains'],
    ['nothing for a number', 'http: { port: }', 'CONFIG_INVALID', 'http.port'],
    ['a list at the top', '- a', 'CONFIG_UNKNOWN_FIELD', 'the file'],
    ['a text at the top', 'hello', 'CONFIG_UNKNOWN_FIELD', 'the file'],
    ['broken YAML', 'a: [', 'CONFIG_UNREADABLE', ''],
  ])('refuses %s', (_name, text, code, named) => {
    expect(() => load(text)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(named) }));
  });

  it('refuses a file that is not there', () => {
    expect(() => loadConfig({ file: join(folder, 'none.yaml'), environment: {} })).toThrow(
      expect.objectContaining({ code: 'CONFIG_UNREADABLE' }),
    );
  });

  it.each([
    ['PRIVITY_HTTP_PORT', 'eighty'],
    ['PRIVITY_HTTP_PORT', '80.5'],
    ['PRIVITY_HTTP_PORT', '-1'],
    ['PRIVITY_HTTP_PORT', '0x50'],
    ['PRIVITY_MODE', 'test'],
    ['PRIVITY_OIDC_PROVIDERS', 'https://login.bank.example'],
    ['PRIVITY_OIDC_PROVIDERS', '{"id":"bank"}'],
    ['PRIVITY_OIDC_PROVIDERS', '[[]]'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => loadConfig({ environment: { [name]: value } })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it('takes defaults, then the file, then the environment, then overrides', () => {
    const text = 'http: { port: 1, host: file }\ndataDir: file';
    const environment = { PRIVITY_HTTP_HOST: 'environment', PRIVITY_DATA_DIR: 'environment' };
    const config = loadConfig({ file: file(text), environment, overrides: { dataDir: 'override' } });
    expect([config['http.port'], config['http.host'], config.dataDir, config['l1.chainId']]).toEqual([
      1,
      'environment',
      'override',
      31337,
    ]);
    expect(load('', { PRIVITY_SIWE_DOMAINS: 'a.example, b.example' })['siwe.domains']).toEqual([
      'a.example',
      'b.example',
    ]);
    expect(load('', { PRIVITY_HTTP_PORT: '' })['http.port']).toBe(8545);
  });

  it('reads records nested or as JSON, with the defaults of what they leave out', () => {
    const nested = load('oidc:\n  providers:\n    - id: bank\n      roles: { operator: [ops, admins] }');
    const flat = load('', { PRIVITY_OIDC_PROVIDERS: '[{"id":"bank","roles":{"operator":["ops","admins"]}}]' });
    expect(nested['oidc.providers']).toEqual(flat['oidc.providers']);
    expect(nested['oidc.providers'][0]).toMatchObject({
      ...{ id: 'bank', clientId: 'privity', 'roles.operator': ['ops', 'admins'], 'roles.customer': [] },
      ...{ scopes: ['openid', 'profile', 'email'], isListed: true, clockToleranceSeconds: 30 },
    });
  });

  it('has a name of its own in the environment for each field', () => {
    const names = Object.keys(CONFIG_FIELDS).map(environmentName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^PRIVITY_[A-Z0-9_]+$/);
  });
});

describe('secrets', () => {
  it('are redacted when shown, and only they', () => {
    const secrets = Object.entries(CONFIG_FIELDS).filter(([, field]: [string, Field]) => field.secret === true);
    expect(secrets.length).toBeGreaterThan(5);
    for (const [path, field] of Object.entries(CONFIG_FIELDS) as [ConfigPath, Field][]) {
      if (field.type !== 'string') continue;
      const shown = showValue(path, { ...safe(), [path]: 'marker-value' });
      expect(shown.includes('marker-value'), path).toBe(field.secret !== true);
    }
  });

  it('of records are redacted too, and only they', () => {
    const shown = showValue('oidc.providers', safe(providers({ clientSecretFile: '/run/marker', clientId: 'shown' })));
    expect(JSON.parse(shown)).toEqual([
      { id: 'bank', issuer: 'https://login.bank.example', clientId: 'shown', clientSecretFile: '[secret]' },
    ]);
  });

  it('are not in the text of a refusal', () => {
    const url = 'postgres://user:hunter2@db.example/privity';
    const text = textOf(safe({ 'store.kind': 'postgres', 'store.url': url, 'l1.commitKeyFile': '' }));
    expect(text).toMatch(/commit key/);
    expect(text).not.toContain('hunter2');
  });
});
