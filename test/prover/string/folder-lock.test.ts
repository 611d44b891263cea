import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withFolderLock } from '../../../src/prover/string/folder-lock.ts';
import { temporaryFolder } from '../temporary-folder.ts';

test('work on one folder is done by one at a time, and a failure frees it', async () => {
  const folder = await temporaryFolder();
  let inside = 0;
  const work = async () => {
    expect(++inside).toBe(1);
    await delay(10);
    inside -= 1;
  };
  await expect(withFolderLock(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await Promise.all([withFolderLock(folder, work), withFolderLock(folder, work), withFolderLock(folder, work)]);
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['of a dead process', String(2 ** 22 + 12_345), 0],
  ['without an owner', '', 60_000],
  ['too old to be true', String(process.pid), 3_600_000],
])('a lock %s is taken over', async (_, owner, ageMs) => {
  const folder = await temporaryFolder();
  const path = join(folder, 'lock');
  await writeFile(path, owner);
  const then = new Date(Date.now() - ageMs);
  await utimes(path, then, then);
  expect(await withFolderLock(folder, async () => 7)).toBe(7);
});

test('waiting ends with the signal', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'lock'), String(process.pid));
  await expect(withFolderLock(folder, async () => 7, AbortSignal.timeout(50))).rejects.toThrow();
});
