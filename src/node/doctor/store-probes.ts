import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isPrivityError } from '../../base/errors.ts';
import type { Config } from '../../config/schema.ts';
import type { Store } from '../../store/port.ts';
import { finalBatch } from '../batch-book.ts';
import type { Folders } from '../folders.ts';
import { withdrawalsFollowed } from '../taken-back.ts';
import { ill, type Probe, well } from './probe.ts';

export interface StoreProbeDeps {
  readonly config: Config;
  readonly folders: Folders;
  readonly open: () => Promise<Store>;
}

/** Below this the node may stop on a full disk within hours: a proof alone writes hundreds of MB of temporary files. */
const freeBytesMin = 4 * 2 ** 30;

export const createStoreProbe = ({ config, folders, open }: StoreProbeDeps): Probe => ({
  name: 'store',
  needs: ['configuration', 'keys'],
  advice:
    'Stop the node, run `privity verify-store`, and restore from the archives when it names damage. STORE_KEK_WRONG: give the right key-encryption key.',
  async look() {
    if (config['store.kind'] === 'sqlite' && !existsSync(folders.store))
      return well('none yet: it is made at the first start');
    let store: Store;
    try {
      store = await open();
    } catch (error) {
      if (isPrivityError(error, 'STORE_LOCKED'))
        return well('held by the running node; stop it to have its integrity checked here');
      throw error;
    }
    try {
      const { logEntries, tables, files } = await store.verify();
      const text = `${logEntries} log entries, ${tables} tables and ${files} files authenticated`;
      const last = (await withdrawalsFollowed(store)).at(-1);
      const final = await finalBatch(store);
      if (last === undefined || last.from <= final) return well(text);
      return ill(
        `${text}; batches from ${last.from} on were withdrawn, Ethereum has executed up to ${final}`,
        'Find out why (`batches.withdrawn` in the log and the audit log) and tell those whose receipts became denials; it is over when Ethereum has executed the new batches.',
      );
    } finally {
      await store.close();
    }
  },
});

export const createDiskProbe = ({ folders }: Pick<StoreProbeDeps, 'folders'>): Probe => ({
  name: 'disk space',
  advice: 'Free space on the disk of dataDir and cacheDir, or move them (`dataDir`, `cacheDir`).',
  async look() {
    const free = await Promise.all([folders.data, folders.cache].map((folder) => freeBytes(folder)));
    const least = Math.min(...free);
    const text = `${(least / 2 ** 30).toFixed(1)} GiB free`;
    return least < freeBytesMin
      ? ill(`${text}, at least ${freeBytesMin / 2 ** 30} GiB wanted`, this.advice)
      : well(text);
  },
});

async function freeBytes(folder: string): Promise<number> {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  const { bavail, bsize } = await statfs(at);
  return bavail * bsize;
}
