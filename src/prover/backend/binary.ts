import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { proverError } from '../errors.ts';

/** What `bb --version` of the pinned package prints; keys hold for this version alone. */
export const BB_VERSION = '5.0.0-nightly.20260710';

const FOLDER: Readonly<Record<string, string>> = {
  'linux-x64': 'amd64-linux',
  'linux-arm64': 'arm64-linux',
  'darwin-x64': 'amd64-macos',
  'darwin-arm64': 'arm64-macos',
};

/** Path of the native binary that @aztec/bb.js ships; throws BACKEND_MISSING. */
export function findBb(platform: string = process.platform, arch: string = process.arch): string {
  const folder = FOLDER[`${platform}-${arch}`];
  if (folder === undefined) throw proverError('BACKEND_MISSING', `no binary for ${platform} ${arch}`);
  const main = createRequire(import.meta.url).resolve('@aztec/bb.js');
  for (let at = dirname(main); at !== dirname(at); at = dirname(at)) {
    const binary = join(at, 'build', folder, 'bb');
    try {
      accessSync(binary, constants.X_OK);
      return binary;
    } catch {
      // Not the package's root yet.
    }
  }
  throw proverError('BACKEND_MISSING', `@aztec/bb.js holds no ${folder}/bb`);
}
