import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalAccount } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { bytesToHex } from '../base/bytes.ts';
import type { Secret } from '../base/secret.ts';
import type { Config } from '../config/schema.ts';
import { openEnvironmentKek } from '../store/envelope/environment-kek.ts';
import { createKekFile, openFileKek } from '../store/envelope/file-kek.ts';
import type { Kek } from '../store/envelope/kek.ts';
import { devAccount } from './dev-accounts.ts';
import { nodeError } from './errors.ts';
import type { Folders } from './folders.ts';
import { readKeyFile, readOrMakeKeyFile } from './key-files.ts';

/** Every key the appliance holds, and nothing else: people's keys are in their own wallets. */
export interface NodeKeys {
  readonly kek: Kek;
  readonly saltKey: Secret<Uint8Array>;
  readonly policySalt: Secret<Uint8Array>;
  readonly denialKey: Secret<Uint8Array>;
  /** Signs wallet challenges and cookies; at least 32 bytes. */
  readonly accessKey: Secret<Uint8Array>;
  readonly commit: LocalAccount;
  readonly prove: LocalAccount;
  readonly execute: LocalAccount;
}

export const random = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes));

/** Development makes what is missing in its data folder; production reads the configured files and makes nothing. */
export async function openKeys(
  config: Config,
  folders: Folders,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<NodeKeys> {
  const development = config.mode === 'development';
  if (development) requireKeysOfStore(config, folders);
  const secret = (file: string, name: string) =>
    file === '' && development ? readOrMakeKeyFile(join(folders.keys, name)) : readKeyFile(file);
  const account = (file: string, name: 'committer' | 'prover' | 'executor'): LocalAccount =>
    file === '' && development ? devAccount(name) : privateKeyToAccount(bytesToHex(readKeyFile(file).reveal()));
  return {
    kek: await openKek(config, folders, environment),
    saltKey: secret(config['keys.saltKeyFile'], 'salt'),
    policySalt: secret(config['policy.saltFile'], 'policy-salt'),
    denialKey: secret(config['keys.denialKeyFile'], 'denial'),
    accessKey: secret(config['keys.accessKeyFile'], 'access'),
    commit: account(config['l1.commitKeyFile'], 'committer'),
    prove: account(config['l1.proveKeyFile'], 'prover'),
    execute: account(config['l1.executeKeyFile'], 'executor'),
  };
}

/** A new key in place of a lost one would open nothing, and hide what is missing. */
function requireKeysOfStore(config: Config, folders: Folders): void {
  if (!existsSync(folders.store)) return;
  const made = [
    ...(config['keys.kekEnv'] === '' && config['keys.kekFile'] === '' ? ['kek'] : []),
    ...(config['keys.saltKeyFile'] === '' ? ['salt'] : []),
    ...(config['policy.saltFile'] === '' ? ['policy-salt'] : []),
  ];
  const missing = made.map((name) => join(folders.keys, name)).filter((path) => !existsSync(path));
  if (missing.length === 0) return;
  const reason = `${missing.join(', ')} is gone, and ${folders.store} is kept under it`;
  throw nodeError('NODE_KEYS', reason, {
    publicText: `${reason}. Put it back from a backup, or remove the data folder to begin again.`,
  });
}

async function openKek(
  config: Config,
  folders: Folders,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Kek> {
  if (config['keys.kekEnv'] !== '') return openEnvironmentKek(config['keys.kekEnv'], { environment, random });
  if (config['keys.kekFile'] !== '') return openFileKek(config['keys.kekFile'], { random });
  const path = join(folders.keys, 'kek');
  if (!existsSync(path)) {
    mkdirSync(folders.keys, { recursive: true, mode: 0o700 });
    await createKekFile(path, { random });
  }
  return openFileKek(path, { random });
}
