/** Private folders for what the proving binary writes: mode 0700, in memory where the machine has /dev/shm, removed at once after use. */

import { accessSync, constants } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../process-alive.ts';

const PREFIX = 'privity-prover-';

export function workRoot(): string {
  try {
    accessSync('/dev/shm', constants.W_OK | constants.X_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

export async function withWorkFolder<T>(use: (folder: string) => Promise<T>, root = workRoot()): Promise<T> {
  const folder = await mkdtemp(join(root, `${PREFIX}${process.pid}-`));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes folders that killed processes left behind; those of living ones stay. Returns how many. */
export async function sweepWorkFolders(root = workRoot()): Promise<number> {
  let swept = 0;
  for (const name of await readdir(root)) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    // Another user's folder cannot be removed, and is not ours to remove.
    await rm(join(root, name), { recursive: true, force: true }).then(
      () => (swept += 1),
      () => undefined,
    );
  }
  return swept;
}
