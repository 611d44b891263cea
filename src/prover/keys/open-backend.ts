/** String and backend out of one folder. */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Backend, createBackend } from '../backend/backend.ts';
import { findBb } from '../backend/binary.ts';
import type { BbLimits } from '../backend/run-bb.ts';
import { proverError } from '../errors.ts';
import { type PrepareStringOptions, prepareDevelopmentString } from '../string/prepare-string.ts';
import { openString, type ReferenceString } from '../string/reference-string.ts';

export interface ProverFolders {
  /** Circuits, keys and, by default, the string; can be thrown away and shared by chains. Nothing private enters it. */
  readonly cacheDirectory: string;
  /** An imported string; the development string when absent. */
  readonly stringDirectory?: string;
}

export interface BackendSettings extends ProverFolders {
  readonly limits: BbLimits;
  readonly slots: number;
}

export const backendLimitsDefault: BbLimits = {
  timeoutMs: 20 * 60_000,
  // 2^21 gates take 2.7 GB of it resident.
  memoryBytesMax: 12 * 2 ** 30,
  threads: availableParallelism(),
  niceness: 10,
};

export async function openPreparedString(
  { cacheDirectory, stringDirectory }: ProverFolders,
  prepare: Omit<PrepareStringOptions, 'directory'> = {},
): Promise<ReferenceString> {
  if (stringDirectory === undefined) {
    return prepareDevelopmentString({ ...prepare, directory: join(cacheDirectory, 'development-string') });
  }
  const string = await openString(stringDirectory);
  if (string === undefined) throw proverError('STRING_INVALID', 'the folder holds no imported string');
  return string;
}

export const openBackend = ({ cacheDirectory, limits, slots }: BackendSettings, string: ReferenceString): Backend =>
  createBackend({ binary: findBb(), string, cacheDirectory, limits, slots });
