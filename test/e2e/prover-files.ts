import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Copies what the prover of a node has on disk at this moment; its folders bear the process id and go when a proof is done, also while they are
 * being read. Returns how many folders there were.
 */
export function copyProverFiles(pid: number, into: string): number {
  const roots = new Set(['/dev/shm', tmpdir()]);
  let folders = 0;
  for (const root of roots) {
    for (const name of orNothing(() => readdirSync(root))) {
      if (!name.startsWith(`privity-prover-${pid}-`)) continue;
      folders += 1;
      for (const entry of orNothing(() => readdirSync(join(root, name), { recursive: true, withFileTypes: true }))) {
        if (!entry.isFile()) continue;
        mkdirSync(into, { recursive: true });
        orNothing(() => {
          copyFileSync(join(entry.parentPath, entry.name), join(into, `${name}-${entry.name}`));
          return [];
        });
      }
    }
  }
  return folders;
}

function orNothing<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
