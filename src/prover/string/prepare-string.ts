/** The development string, from the folder where it was kept or made anew; either way its bytes are the published ones. */

import { proverError } from '../errors.ts';
import { withFolderLock } from './folder-lock.ts';
import { generateDevelopmentString } from './generate-development-string.ts';
import { openString, type ReferenceString, removeString, stringHash } from './reference-string.ts';

/** sha256 of the two hashes of the development string of 2^21 + 1 points (`stringHash`). */
export const DEVELOPMENT_STRING_HASH = 'd973a104315efe175eca22c055df268c0847ac5e909f33d434dfadc7ac413eca';

export interface PrepareStringOptions {
  readonly directory: string;
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

/** A damaged copy is made anew; one that is whole but not the development string is refused and left alone. */
export function prepareDevelopmentString(options: PrepareStringOptions): Promise<ReferenceString> {
  const { directory, signal } = options;
  const prepare = async () => {
    const kept = await openString(directory).catch(async () => {
      await removeString(directory);
      return undefined;
    });
    const string = kept ?? (await generateDevelopmentString(options));
    if (stringHash(string.description) !== DEVELOPMENT_STRING_HASH) {
      throw proverError('STRING_HASH_MISMATCH', `${directory} does not hold the development string`);
    }
    return string;
  };
  return withFolderLock(directory, prepare, signal);
}
