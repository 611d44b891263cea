import { isIP } from 'node:net';
import { relative, resolve } from 'node:path';
import { readApplications } from './applications.ts';
import { configError } from './errors.ts';
import { PROVIDER_REFUSALS } from './provider-refusals.ts';
import type { Config, ConfigPath } from './schema.ts';

/** Seconds from seal to proof of an empty batch as last measured on the reference machine; 5 minutes before any measurement. */
export const emptyBatchProofSeconds = 300;

interface Refusal {
  readonly field: ConfigPath;
  readonly reason: string;
  readonly applies: (config: Config) => boolean;
}

const production = (config: Config): boolean => config.mode === 'production';

const inside = (folder: string, path: string): boolean => {
  const way = relative(resolve(folder), resolve(path));
  return way === '' || !way.startsWith('..');
};

function canRead(entries: readonly string[]): boolean {
  try {
    readApplications(entries);
    return true;
  } catch {
    return false;
  }
}

/** An address or network; one of everybody would let any client name itself. */
function isNetwork(entry: string): boolean {
  const [address = '', prefix, ...more] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  const bits = version === 4 ? 32 : 128;
  return prefix === undefined || (/^[1-9][0-9]{0,2}$/.test(prefix) && Number(prefix) <= bits);
}

const missing =
  (field: ConfigPath) =>
  (config: Config): boolean =>
    production(config) && config[field] === '';

/** Unsafe configurations, one a row (G10). The node refuses to start with the field and the reason. */
export const REFUSALS: readonly Refusal[] = [
  { field: 'genesisFile', reason: 'production needs a published genesis file', applies: missing('genesisFile') },
  { field: 'l1.chain', reason: 'production needs the address of PrivityChain', applies: missing('l1.chain') },
  { field: 'l1.bridge', reason: 'production needs the address of PrivityBridge', applies: missing('l1.bridge') },
  { field: 'l1.governor', reason: 'production needs the address of PolicyGovernor', applies: missing('l1.governor') },
  { field: 'l1.commitKeyFile', reason: 'production needs the commit key', applies: missing('l1.commitKeyFile') },
  { field: 'l1.proveKeyFile', reason: 'production needs the prove key', applies: missing('l1.proveKeyFile') },
  { field: 'l1.executeKeyFile', reason: 'production needs the execute key', applies: missing('l1.executeKeyFile') },
  {
    field: 'l1.weth',
    reason: 'not an address',
    applies: (c) => !/^(?:0x[0-9a-fA-F]{40})?$/.test(c['l1.weth']),
  },
  {
    field: 'l1.proveKeyFile',
    reason: 'commit, prove and execute need three different keys',
    applies: (c) => {
      const files = [c['l1.commitKeyFile'], c['l1.proveKeyFile'], c['l1.executeKeyFile']].filter((file) => file !== '');
      return new Set(files.map((file) => resolve(file))).size !== files.length;
    },
  },
  { field: 'keys.saltKeyFile', reason: 'production needs the salt key', applies: missing('keys.saltKeyFile') },
  {
    field: 'keys.denialKeyFile',
    reason: 'production needs the key that signs denials',
    applies: missing('keys.denialKeyFile'),
  },
  {
    field: 'keys.accessKeyFile',
    reason: 'production needs the key that signs login challenges',
    applies: missing('keys.accessKeyFile'),
  },
  {
    field: 'policy.saltFile',
    reason: 'production needs the salt of the policy root',
    applies: missing('policy.saltFile'),
  },
  {
    field: 'keys.kekFile',
    reason: 'production needs a key-encryption key (keys.kekFile or keys.kekEnv)',
    applies: (c) => production(c) && c['keys.kekFile'] === '' && c['keys.kekEnv'] === '',
  },
  {
    field: 'keys.kekFile',
    reason: 'give the key-encryption key as a file or as an environment variable, not both',
    applies: (c) => c['keys.kekFile'] !== '' && c['keys.kekEnv'] !== '',
  },
  {
    field: 'keys.kekFile',
    reason: 'the key-encryption key lies inside the data folder, so a stolen disk would open it',
    applies: (c) => production(c) && c['keys.kekFile'] !== '' && inside(c.dataDir, c['keys.kekFile']),
  },
  {
    field: 'prover.string',
    reason: 'the development reference string is insecure: anyone can forge proofs under it',
    applies: (c) => production(c) && c['prover.string'] === 'development',
  },
  {
    field: 'prover.string',
    reason: 'the development reference string is for the embedded L1 (chain id 31337) only',
    applies: (c) => c['prover.string'] === 'development' && c['l1.chainId'] !== 31337,
  },
  {
    field: 'oidc.providers',
    reason: 'production needs an OpenID provider',
    applies: (c) => production(c) && c['oidc.providers'].length === 0,
  },
  ...PROVIDER_REFUSALS.map(
    ({ reason, applies }): Refusal => ({
      field: 'oidc.providers',
      reason,
      applies: (c) => applies(c['oidc.providers'], production(c)),
    }),
  ),
  {
    field: 'http.publicUrl',
    reason: 'production needs an https public URL',
    applies: (c) => production(c) && !c['http.publicUrl'].startsWith('https://'),
  },
  {
    field: 'http.trustedProxies',
    reason: 'an entry is not an IP address, or a network with a prefix length above 0',
    applies: (c) => !c['http.trustedProxies'].every(isNetwork),
  },
  {
    field: 'l1.confirmationsMin',
    reason: 'production needs at least 2 confirmations',
    applies: (c) => production(c) && c['l1.confirmationsMin'] < 2,
  },
  {
    field: 'chain.batchIntervalSeconds',
    reason: `shorter than the time to prove an empty batch (${emptyBatchProofSeconds} s): batches would pile up for ever`,
    applies: (c) => production(c) && c['chain.batchIntervalSeconds'] < emptyBatchProofSeconds,
  },
  {
    field: 'chain.priorityDeadlineSeconds',
    reason: 'below confirmations (12 s a block) + 3 batch intervals: commits could deadlock',
    applies: (c) =>
      c['chain.priorityDeadlineSeconds'] < c['l1.confirmationsMin'] * 12 + 3 * c['chain.batchIntervalSeconds'] &&
      production(c),
  },
  {
    field: 'store.url',
    reason: 'PostgreSQL needs a connection string',
    applies: (c) => c['store.kind'] === 'postgres' && c['store.url'] === '',
  },
  {
    field: 'apps.redirects',
    reason: 'an entry is not `<client id>=<redirect URI>` with https (http on localhost), without user and fragment',
    applies: (c) => !canRead(c['apps.redirects']),
  },
  {
    field: 'session.idleSeconds',
    reason: 'longer than the absolute life of a session',
    applies: (c) => c['session.idleSeconds'] > c['session.absoluteSeconds'],
  },
];

/** Throws CONFIG_UNSAFE with every field and reason that applies. */
export function verifyConfig(config: Config): void {
  const found = REFUSALS.filter(({ applies }) => applies(config)).map(({ field, reason }) => `${field}: ${reason}`);
  if (found.length > 0) throw configError('CONFIG_UNSAFE', '', { publicText: found.join('\n') });
}
