import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkFolder } from './work-folder.ts';

describe('the work folder of the batch bench', () => {
  let parent: string;
  let folder: string;
  const open = (transfers = 20) => openWorkFolder({ transfers, folder, batchIntervalSeconds: 60 });
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'privity-work-'));
    folder = join(parent, 'work');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it('goes on once all transfers are in one batch', async () => {
    const { journal, dataDir, l1Port } = await open();
    mkdirSync(dataDir);
    journal.add({ event: 'submitted', batch: 1 });
    const again = await open();
    expect(again.journal.all('submitted')).toHaveLength(1);
    expect([again.l1Port, existsSync(dataDir)]).toEqual([l1Port, true]);
  });

  it('starts anew when it was killed before', async () => {
    const { journal, dataDir, logFile } = await open();
    mkdirSync(dataDir);
    writeFileSync(logFile, '');
    journal.add({ event: 'began', life: 0, at: '2026-11-23T00:00:00Z', load: [] });
    const again = await open();
    expect(again.journal.all('began')).toEqual([]);
    expect([existsSync(dataDir), existsSync(logFile)]).toEqual([false, false]);
  });

  it('refuses a folder made for another number or other keys', async () => {
    const { journal } = await open();
    journal.add({ event: 'submitted', batch: 1 });
    await expect(open(21)).rejects.toThrow('made for 20');
    const setup = join(folder, 'setup.json');
    writeFileSync(setup, readFileSync(setup, 'utf8').replace(/0x[0-9a-f]{64}/, `0x${'1'.repeat(64)}`));
    await expect(open()).rejects.toThrow('other circuits');
  });

  it('leaves a folder alone that is not its own', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'precious'), '');
    await expect(open()).rejects.toThrow('not a work folder');
    expect(existsSync(join(folder, 'precious'))).toBe(true);
  });
});
