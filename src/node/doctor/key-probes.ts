import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import type { Folders } from '../folders.ts';
import { type NodeKeys, openKeys } from '../keys.ts';
import { ill, type Probe, well } from './probe.ts';

export interface KeyProbeDeps {
  readonly config: Config;
  readonly folders: Folders;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Handed the keys when all of them open. */
  readonly onKeys: (keys: NodeKeys) => void;
}

const KEY_FIELDS = [
  'l1.commitKeyFile',
  'l1.proveKeyFile',
  'l1.executeKeyFile',
  'keys.kekFile',
  'keys.saltKeyFile',
  'keys.denialKeyFile',
  'keys.accessKeyFile',
  'policy.saltFile',
] as const;

const MADE_IN_DEVELOPMENT = ['salt', 'policy-salt', 'denial', 'access', 'kek'] as const;

export const createKeyProbe = ({ config, folders, environment, onKeys }: KeyProbeDeps): Probe => ({
  name: 'keys',
  needs: ['configuration'],
  advice: 'Give every key file the configuration names: 32 bytes as hex, readable by the node alone (chmod 600).',
  async look() {
    const development = config.mode === 'development';
    const configured = KEY_FIELDS.map((field) => config[field]).filter((path) => path !== '');
    const missing = development
      ? MADE_IN_DEVELOPMENT.map((name) => join(folders.keys, name)).filter((path) => !existsSync(path))
      : [];
    // Opening them would make them, and a doctor only looks.
    if (missing.length === MADE_IN_DEVELOPMENT.length && configured.length === 0)
      return ill('the development keys are not made yet', 'Run `privity start --dev` once: it makes them.');
    if (missing.length > 0 && configured.length === 0)
      return ill(
        `${missing.join(', ')} is gone`,
        'Put it back from a backup: without it the store does not open or replay.',
      );
    const open = configured.filter((path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0);
    if (open.length > 0 && process.platform !== 'win32')
      return ill(
        `${open.join(', ')} can be read by other users`,
        'Run `chmod 600` on it, and renew the key if others have had access.',
      );
    const keys = await openKeys(config, folders, environment);
    const addresses = [keys.commit.address, keys.prove.address, keys.execute.address];
    if (new Set(addresses).size !== addresses.length)
      return ill('two of the commit, prove and execute keys are the same', 'Give three different keys.');
    onKeys(keys);
    return well(`commit ${addresses[0]}, prove ${addresses[1]}, execute ${addresses[2]}`);
  },
});
