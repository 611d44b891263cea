/** One process at a time does the work of a cache folder; others wait and find it done. Only saves work: entries appear by rename anyway. */

import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../process-alive.ts';

const pollMs = 200;
/** Between creating the file and writing the owner into it. */
const writingMsMax = 5_000;
/** A process id may have been given to another by then. */
const workMsMax = 15 * 60_000;

export async function withFolderLock<T>(folder: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'lock');
  while (!(await take(path))) await delay(pollMs, undefined, signal === undefined ? {} : { signal });
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = Number(await readFile(path, 'utf8').catch(() => ''));
    const ageMs =
      Date.now() -
      (await stat(path).then(
        (file) => file.mtimeMs,
        () => Date.now(),
      ));
    const abandoned = owner > 0 ? !isAlive(owner) : ageMs > writingMsMax;
    if (abandoned || ageMs > workMsMax) await rm(path, { force: true });
    return false;
  }
}
