import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import { BB_VERSION, findBb } from '../../prover/backend/binary.ts';
import { keyFolder } from '../../prover/backend/key-cache.ts';
import { type KeyFile, readKeyFile } from '../../prover/keys/key-file.ts';
import { openString, stringHash } from '../../prover/string/reference-string.ts';
import type { Folders } from '../folders.ts';
import { ill, type Probe, well } from './probe.ts';

export interface ProverProbeDeps {
  readonly config: Config;
  readonly folders: Folders;
  readonly keyFile?: URL;
}

const soon = 'The node makes it in the background after its start; wait for "preparing the prover" to end.';

export function createProverProbes({ config, folders, keyFile }: ProverProbeDeps): Probe[] {
  const development = config['prover.string'] === 'development';
  const cache = folders.prover;
  const directory = development ? join(cache, 'development-string') : config['prover.string'];
  if (config['prover.workers'] === 0) return [];
  return [
    {
      name: 'proving binary',
      advice: 'Run `npm ci` on this platform: @aztec/bb.js brings the binary.',
      async look() {
        const binary = findBb();
        const { bbVersion } = await readKeyFile(keyFile);
        return bbVersion === BB_VERSION
          ? well(binary)
          : ill(
              `keys were made by bb ${bbVersion}, this is ${BB_VERSION}`,
              'Install the release that the keys belong to.',
            );
      },
    },
    {
      name: 'reference string',
      needs: ['configuration'],
      advice: development ? soon : 'Import it again: `privity string import`.',
      async look() {
        const string = await openString(directory);
        if (string === undefined)
          return ill(`${directory} holds none`, development ? soon : 'Import one: `privity string import`.');
        const hash = `0x${stringHash(string.description)}`;
        const expected = (await readKeyFile(keyFile)).string.hash;
        return hash === expected
          ? well(`${string.description.source}, ${string.description.points} points`)
          : ill(`it hashes to ${hash}, the keys need ${expected}`, this.advice);
      },
    },
    {
      name: 'proving keys',
      needs: ['reference string'],
      advice: soon,
      async look() {
        const keys = await readKeyFile(keyFile);
        const missing = foldersOfKeys(cache, keys).filter(([, folder]) => !existsSync(folder));
        const total = keys.circuits.length + 1;
        return missing.length === 0
          ? well(`${total} prepared`)
          : ill(`${missing.map(([name]) => name).join(', ')} of ${total} not prepared`, soon);
      },
    },
  ];
}

function foldersOfKeys(cache: string, keys: KeyFile): (readonly [string, string])[] {
  const common = { bbVersion: keys.bbVersion, stringHash: keys.string.hash.slice(2) };
  const folder = (circuitHash: string, transcript: 'poseidon2' | 'keccak') =>
    keyFolder(cache, { ...common, circuitHash: circuitHash.slice(2), transcript });
  return [
    ...keys.circuits.map(({ name, circuitHash }) => [name, folder(circuitHash, 'poseidon2')] as const),
    ['wrap', folder(keys.wrap.circuitHash, 'keccak')] as const,
  ];
}
