import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { freePorts } from '../../demo/free-ports.ts';
import { endLeftovers } from '../../demo/node-process.ts';
import { Journal } from './journal.ts';
import type { BatchBenchOptions } from './options.ts';
import { readKeyFacts } from './result.ts';

const setupSchema = z.strictObject({
  transfers: z.number(),
  batchIntervalSeconds: z.number(),
  l1Port: z.number(),
  proofSystemId: z.string(),
});

export interface BenchFolder extends z.infer<typeof setupSchema> {
  readonly dataDir: string;
  readonly logFile: string;
  readonly journal: Journal;
}

export type WorkFolderOptions = Pick<BatchBenchOptions, 'folder' | 'transfers' | 'batchIntervalSeconds'>;

/**
 * Goes on with what stands in the folder once its transfers are all in one batch; what was killed before that holds no proof worth keeping, and
 * its transfers might end up in two batches, so it starts anew.
 */
export async function openWorkFolder(options: WorkFolderOptions): Promise<BenchFolder> {
  const { folder, transfers, batchIntervalSeconds } = options;
  const { proofSystemId } = readKeyFacts();
  const setupFile = join(folder, 'setup.json');
  const paths = { dataDir: join(folder, 'data'), logFile: join(folder, 'node.log') };
  const journalFile = join(folder, 'journal.jsonl');
  if (existsSync(setupFile)) {
    const known = setupSchema.parse(JSON.parse(readFileSync(setupFile, 'utf8')));
    if (known.transfers !== transfers) throw new Error(`${folder} was made for ${known.transfers} transfers`);
    const journal = new Journal(journalFile);
    if (known.proofSystemId !== proofSystemId) throw new Error(`${folder} was begun under other circuits or keys`);
    if (journal.all('submitted').length > 0) return { ...known, ...paths, journal };
    endLeftovers(paths.dataDir);
    for (const path of [paths.dataDir, paths.logFile, journalFile]) rmSync(path, { recursive: true, force: true });
  } else if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Error(`${folder} is not a work folder of this bench`);
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [l1Port] = await freePorts(1);
  const setup = { transfers, batchIntervalSeconds, l1Port: l1Port!, proofSystemId };
  writeFileSync(setupFile, JSON.stringify(setup));
  return { ...setup, ...paths, journal: new Journal(journalFile) };
}
